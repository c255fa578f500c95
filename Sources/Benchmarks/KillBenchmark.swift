import Foundation
import KillTrials

/// Random kills of runs with an effect of every class, each resumed until it is done, by the `warrant` beside this
/// program: what was lost, doubled or made again blindly. `--rounds` is the number of kills, 1,000 unless given.
enum KillBenchmark {
    static func run(_ arguments: BenchmarkArguments) throws -> [Measurement] {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let warrant = folder.appending(path: "warrant").path(percentEncoded: false)
        guard FileManager.default.isExecutableFile(atPath: warrant) else {
            throw Failed(description: "Can't kill anything: there is no `warrant` beside this program; build it first.")
        }
        let kills = arguments.isDefaultRounds ? 1_000 : arguments.rounds
        let started = ContinuousClock.now
        let tally = try KillTrials(executable: warrant, share: try share(above: folder)).run(
            kills: kills, seed: UInt64.random(in: 0 ... .max)
        ) { tally in
            guard tally.runs % 50 == 0 else { return }
            FileHandle.standardError.write(Data("\(tally.kills) kills, \(tally.runs) runs\n".utf8))
        }
        let seconds = started.duration(to: .now) / .seconds(1)
        for sentence in tally.failures { print("went wrong: \(sentence)") }
        func count(_ metric: String, _ unit: String, _ number: Int, isStrict: Bool = true) -> Measurement {
            Measurement(metric, unit, [Double(number)], goal: isStrict ? 0 : nil, isStrict: isStrict)
        }
        return [
            count("kills", "processes", tally.kills, isStrict: false),
            count("runs", "runs", tally.runs, isStrict: false),
            count("entries seen before a kill", "entries", tally.seenEntries, isStrict: false),
            count("entries lost", "entries", tally.lostEntries),
            count("effects lost", "effects", tally.lostEffects),
            count("effects doubled", "effects", tally.doubledEffects),
            count("opaque calls repeated unasked", "calls", tally.blindRepeats),
            count("opaque calls parked", "questions", tally.parked, isStrict: false),
            count("of them had happened", "questions", tally.parkedDone, isStrict: false),
            count("failures", "failures", tally.failures.count),
            // Fewer kills than asked for means that it stopped early.
            count("kills missing", "processes", max(0, kills - tally.kills)),
            Measurement("time", "s", [seconds]),
        ]
    }

    /// The folder above that holds the tools.
    static func share(above folder: URL) throws -> String {
        var folder = folder
        for _ in 0..<8 {
            folder = folder.deletingLastPathComponent()
            let path = folder.path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: path + "/Tools/file.read.yaml") { return path }
        }
        throw Failed(description: "Can't find the tools: there is no `Tools` folder above this program.")
    }

    private struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
