import Foundation
import JSONSchemas
import Redaction
import TestSupport

/// How fast texts are looked through, on this repository's sources (nearly nothing to replace) and on a corpus in which
/// every line has something.
enum RedactionBenchmarks {
    static func text(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        var corpus = SecretCorpus(seed: 41)
        let secrets = (0..<20).map { _ in corpus.generator.text(24, of: "abcdefghijklmnopqrstuvwxyz0123456789") }
        let plain = redactor(secrets: secrets, requested: [])
        let full = redactor(secrets: secrets, requested: Set(RedactionClass.onRequest))
        let sources = try sources(byteCount: 8 << 20)
        let dense = (0..<20_000).map { _ in corpus.sample(corpus.generator.pick(SecretCorpus.Kind.allCases)).text }
            .joined(separator: "\n")
        return [
            rate("sources, what is always replaced, 20 secrets", sources, plain, arguments, goal: 50),
            rate("sources, everything, 20 secrets", sources, full, arguments, goal: 50),
            rate("a value in every line, everything", dense, full, arguments),
            entry(plain, arguments), findings(in: sources, plain), findings(in: sources, full), missed(full),
        ]
    }

    /// How often code that holds no secret has something replaced.
    private static func findings(in sources: String, _ redactor: Redactor) -> Measurement {
        var tally = RedactionTally()
        _ = redactor.redact(sources, tally: &tally)
        let count = Double(tally.counts.values.reduce(0, +))
        let kinds = redactor.added.isEmpty ? "what is always replaced" : "everything"
        return Measurement(
            "findings in 10 KiB of sources, \(kinds)", "findings", [count * 10_240 / Double(sources.utf8.count)],
            goal: 1)
    }

    /// How many of 20,000 values of all classes are missed.
    private static func missed(_ redactor: Redactor) -> Measurement {
        var corpus = SecretCorpus(seed: 42)
        var missed = 0
        for index in 0..<20_000 {
            let sample = corpus.sample(SecretCorpus.Kind.allCases[index % SecretCorpus.Kind.allCases.count])
            precondition(sample.text.contains(sample.value), "a text must hold its value")
            if sample.isLeft(in: redactor.redact(sample.text)) { missed += 1 }
        }
        return Measurement("missed of 20,000 values", "values", [Double(missed)], goal: 200)
    }

    private static func redactor(secrets: [String], requested: Set<RedactionClass>) -> Redactor {
        Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 1, count: 32), secrets: secrets.compactMap(KnownSecret.init),
                requested: requested))
    }

    /// Nanoseconds a byte, since a measurement's goal is a number that is not exceeded; 20 are 50 MB/s.
    private static func rate(
        _ name: String, _ text: String, _ redactor: Redactor, _ arguments: BenchmarkArguments, goal rate: Double? = nil
    ) -> Measurement {
        let clock = ContinuousClock()
        var samples: [Double] = []
        for _ in 0..<arguments.rounds {
            let start = clock.now
            let redacted = redactor.redact(text)
            samples.append((clock.now - start).microseconds * 1_000 / Double(text.utf8.count))
            precondition(!redacted.isEmpty, "a text was lost")
        }
        let median = samples.sorted()[samples.count / 2]
        let megabytes = String(format: "%.0f", 1_000 / median)
        return Measurement("\(name) (\(megabytes) MB/s)", "ns/byte", samples, goal: rate.map { 1_000 / $0 })
    }

    /// A journal entry's body as it is looked at before it is written.
    private static func entry(_ redactor: Redactor, _ arguments: BenchmarkArguments) -> Measurement {
        let body: JSONValue = [
            "decision": "allow", "rule": "file.read",
            "sentence": .string(String(repeating: "The rule allows it. ", count: 8)),
            "policy": .string(String(repeating: "0f", count: 32)),
            "context": ["earlier": ["file.read": 3], "labels": .array((0..<6).map { ["step": .string("step\($0)")] })],
        ]
        let clock = ContinuousClock()
        var samples: [Double] = []
        for _ in 0..<max(arguments.rounds, 20) {
            let start = clock.now
            for _ in 0..<100 { precondition(redactor.redact(body) == body, "an entry was changed") }
            samples.append((clock.now - start).microseconds / 100)
        }
        return Measurement("one entry of \(body.serializedBytes().count) bytes", "us", samples)
    }

    /// This repository's sources, again and again up to a size.
    private static func sources(byteCount: Int) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .path(percentEncoded: false)
        let texts = try FileManager.default.subpathsOfDirectory(atPath: root).sorted().filter { $0.hasSuffix(".swift") }
            .map { try String(contentsOfFile: root + $0, encoding: .utf8) }
        guard !texts.isEmpty else { throw CocoaError(.fileNoSuchFile) }
        var result = ""
        while result.utf8.count < byteCount { result += texts.joined() }
        return result
    }
}
