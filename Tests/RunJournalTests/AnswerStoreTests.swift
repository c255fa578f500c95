import Foundation
import RunJournal
import TestSupport
import Testing

@Suite struct AnswerStoreTests {
    @Test func `an answer is found again, also by another process's connection, and can be replaced`() throws {
        let folder = try TemporaryFolder()
        let store = try AnswerStore(path: folder.path("answers.sqlite"))
        #expect(store.answer(for: "q") == nil)
        store.keep("a", for: "q")
        let other = try AnswerStore(path: folder.path("answers.sqlite"))
        #expect(other.answer(for: "q") == "a")
        #expect(other.answer(for: "Q") == nil)
        other.keep("b", for: "q")
        #expect(store.answer(for: "q") == "b")
    }

    @Test func `a damaged file is one sentence that says what to do`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("this is no database, whatever its name says", to: "answers.sqlite")
        let error = #expect(throws: JournalError.self) { _ = try AnswerStore(path: path) }
        #expect(error?.description.hasPrefix("Can't use the answers of earlier runs: ") == true)
        #expect(error?.fix == "Remove that file to start a new one.")
    }

    @Test func `answers that were not used for long are removed, and their bytes with them`() throws {
        let folder = try TemporaryFolder()
        let store = try AnswerStore(path: folder.path("answers.sqlite"))
        store.keep("answer-text", for: "q")
        let now = JournalOptions.wallClock()
        let before = now - 3_600 * 1_000_000_000
        let after = now + 3_600 * 1_000_000_000
        // The control: used a moment ago, it stays.
        #expect(try store.remove(unusedSince: before) == 0 && store.count(unusedSince: before) == 0)
        #expect(store.answer(for: "q") == "answer-text")
        #expect(try store.count(unusedSince: after) == 1 && store.remove(unusedSince: after) == 1)
        #expect(store.answer(for: "q") == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        for name in names {
            let path = folder.path(name)
            #expect(try Data(contentsOf: URL(filePath: path)).range(of: Data("answer-text".utf8)) == nil, "\(name)")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a key's text is not kept`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers.sqlite")
        let store = try AnswerStore(path: path)
        store.keep("answer-text", for: "a secret question")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let all = try names.map { try Data(contentsOf: URL(filePath: folder.path($0))) }.reduce(Data(), +)
        #expect(all.range(of: Data("secret".utf8)) == nil)
        #expect(all.range(of: Data("answer-text".utf8)) != nil)
    }
}
