import Foundation
import JSONSchemas
import Redaction
import RunJournal
import Testing

/// The last look before an entry is written, and the key that redaction works with.
@Suite struct GuardTests {
    private static let secret = "Zq81-Lm90-Xy77-s3cret"

    private static func redactor() throws -> Redactor {
        Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 5, count: 32), secrets: [try #require(KnownSecret(secret))]))
    }

    private func contents(of folder: String) throws -> [UInt8] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).flatMap { name in
            Array(FileManager.default.contents(atPath: folder + "/" + name) ?? Data())
        }
    }

    @Test(arguments: [10, 200_000])
    func `a secret that no entrance caught is not written, and the entry says so`(padding: Int) throws {
        let body: JSONValue = ["text": .string(String(repeating: "x ", count: padding) + Self.secret), "n": 1]
        for isGuarded in [true, false] {
            let place = try TemporaryJournal()
            let journal = try place.open(
                JournalOptions(preparedLogByteCount: 0, redactor: isGuarded ? try Self.redactor() : nil))
            let run = try journal.start(seed(1)).id
            let entry = try journal.append(.note, run: run, body: body)
            let stored = try #require(try journal.entry(entry.sequence))
            #expect(stored.body == entry.body, "what is returned is what is stored")
            #expect(stored.body["guarded"] == (isGuarded ? ["SECRET": 1] : nil))
            #expect(stored.body["n"] == 1)
            #expect(try journal.verifyChain(expecting: nil).isIntact)
            let isThere = try contents(of: place.folder).firstRange(of: Array(Self.secret.utf8)) != nil
            #expect(isThere == !isGuarded)
        }
    }

    @Test func `an entry with nothing in it is written as it is`() throws {
        let place = try TemporaryJournal()
        let journal = try place.open(JournalOptions(preparedLogByteCount: 0, redactor: try Self.redactor()))
        let run = try journal.start(seed(1)).id
        let body: JSONValue = [
            "hash": .string(String(repeating: "0123456789abcdef", count: 4)), "at": 1_764_129_731_123_456_789,
            "run": .string(run.description), "mail": "a.user@example.org",
        ]
        #expect(try journal.append(.note, run: run, body: body).body == body)
    }

    /// What a run writes, with the words that it is read by.
    private static let bodies: [JournalEntryDraft] = [
        JournalEntryDraft(
            .runStarted,
            body: [
                "workflow": "effect", "directory": "/tmp/a",
                "parameters": [
                    "inputs": ["inputs": "a"], "values": ["tracker": 1],
                    "tracker": ["name": "tracker", "kind": "local"],
                    "operator": .null, "task": ["a"], "weights": ["tracker": "effect"], "redaction": ["secrets": [:]],
                ],
            ]),
        JournalEntryDraft(
            .callProposed, step: "outcome",
            body: [
                "tool": "issue.create", "arguments": ["effect": "a"], "labels": ["effect": ["integrity": "untrusted"]],
            ]),
        JournalEntryDraft(
            .callDecided,
            body: ["decision": "allow", "rule": "issue.create: tracker", "policy": "tracker", "sentence": "Yes."]),
        JournalEntryDraft(
            .approvalRecorded, body: ["digest": "outcome", "decision": "approved", "person": "p", "at": "t"]),
        JournalEntryDraft(
            .executionStarted,
            body: ["tool": "tracker", "effect": "outcome", "class": "transactional", "arguments": ["inputs": "a"]]),
        JournalEntryDraft(
            .observationRecorded,
            body: ["observation": ["outcome": "succeeded", "value": ["outcome": 1, "tracker": "a"]], "effect": "e"]),
        JournalEntryDraft(
            .stepFinished, body: ["result": ["outcome": "transactional", "effect": "a"], "label": ["step": "effect"]]),
        JournalEntryDraft(
            .valueProduced,
            body: [
                "tool": "tracker", "arguments": ["inputs": 1],
                "text": #"{"name": "tracker", "arguments": {"inputs": 1}}"#,
            ]),
        JournalEntryDraft(
            .valueProduced,
            body: ["plan": [["tool": "tracker", "fixed": ["effect": 1]]], "written": [["tool": "tracker"]]]),
        JournalEntryDraft(
            .runFinished, body: ["type": "verdict", "outcome": "failed", "waiting": ["effect"], "exit": 1]),
    ]

    @Test(arguments: [
        "outcome", "effect", "tracker", "inputs", "decision", "approved", "arguments", "observation", "issue.create",
        "untrusted", "succeeded", "transactional", "failed", "integrity", "verdict", "parameters", "written",
    ])
    func `a secret that is a word of the record bends nothing in it, and is replaced in what came from outside`(
        word: String
    ) throws {
        let redactor = Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 5, count: 32), secrets: [try #require(KnownSecret(word))]))
        for draft in Self.bodies {
            #expect(draft.guarded(by: redactor) == draft)
        }
        let text = JSONValue.string("the word is \(word)!")
        let outside: [JSONValue] = [
            ["observation": ["outcome": "succeeded", "value": ["said": text]]], ["arguments": ["title": text]],
            ["reason": text], ["written": ["said": [text]]],
        ]
        for body in outside {
            let guarded = JournalEntryDraft(.note, body: body).guarded(by: redactor).body
            #expect(guarded["guarded"] == ["SECRET": 1])
            #expect(guarded.serialized().contains("the word is \(redactor.redact(word))!"))
        }
    }

    @Test func `a secret that is no word is replaced in names and numbers from outside too`() throws {
        let redactor = Redactor(
            RedactionConfiguration(
                key: [UInt8](repeating: 5, count: 32),
                secrets: try [#require(KnownSecret(Self.secret)), #require(KnownSecret("8812345678"))]))
        let guarded = JournalEntryDraft(
            .observationRecorded,
            body: ["observation": ["outcome": "succeeded", "value": .object([Self.secret: 8_812_345_678])]]
        ).guarded(by: redactor)
        #expect(guarded.body["guarded"] == ["SECRET": 2])
        #expect(!guarded.body.serialized().contains("8812345678"))
        #expect(!guarded.body.serialized().contains(Self.secret))
    }

    @Test func `an answer with a secret in it is not kept, any other is`() throws {
        let place = try TemporaryJournal()
        let store = try AnswerStore(path: place.folder + "/answers.sqlite", redactor: try Self.redactor())
        // The escape is JSON's; the bytes of the secret are not in the text.
        let escaped = #"{"said": "Zq81-Lm90-Xy77-\u00733cret"}"#
        store.keep(#"{"said": "\#(Self.secret)"}"#, for: "a")
        store.keep(escaped, for: "b")
        store.keep(#"{"said": "nothing"}"#, for: "c")
        #expect(store.answer(for: "a") == nil)
        #expect(store.answer(for: "b") == nil)
        #expect(store.answer(for: "c") == #"{"said": "nothing"}"#)
        // Text that is no JSON can't be looked through, and isn't kept.
        store.keep(String(escaped.dropLast()), for: "d")
        #expect(store.answer(for: "d") == nil)
        #expect(try contents(of: place.folder).firstRange(of: Array(Self.secret.utf8)) == nil)
        let open = try AnswerStore(path: place.folder + "/answers.sqlite")
        open.keep(escaped, for: "b")
        #expect(open.answer(for: "b") == escaped)
        open.keep(Self.secret, for: "a")
        #expect(try contents(of: place.folder).firstRange(of: Array(Self.secret.utf8)) != nil)
    }

    @Test func `the key is made once, for its owner alone`() throws {
        let place = try TemporaryJournal()
        let folder = place.folder + "/keys"
        let key = try RedactionKey.load(folder: folder)
        #expect(key.count == 32)
        #expect(Set(key).count > 8)
        #expect(try RedactionKey.load(folder: folder) == key)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["redaction.key"])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/redaction.key")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try FileManager.default.removeItem(atPath: folder + "/redaction.key")
        #expect(try RedactionKey.load(folder: folder) != key)
    }

    @Test func `a key of another size, or one that others may read, is refused with what to do`() throws {
        let place = try TemporaryJournal()
        let path = place.folder + "/redaction.key"
        let refusal = { () -> String in
            do {
                _ = try RedactionKey.load(folder: place.folder)
                return ""
            } catch {
                return "\(error)"
            }
        }
        _ = try RedactionKey.load(folder: place.folder)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(refusal() == "Can't use the redaction key: others may read `\(path)`. Run `chmod 600 \(path)`.")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(refusal() == "")
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        #expect(refusal().hasPrefix("Can't use the redaction key: `\(path)` has 3 bytes and not 32."))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
        #expect(refusal().hasPrefix("Can't use the redaction key: "))
    }

    @Test func `processes that make the key at once get the same`() async throws {
        let place = try TemporaryJournal()
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 { group.addTask { try RedactionKey.load(folder: place.folder + "/keys") } }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/keys") == ["redaction.key"])
    }
}
