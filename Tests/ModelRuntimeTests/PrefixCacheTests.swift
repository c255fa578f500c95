import Foundation
import ModelRuntime
import Testing
import TestSupport
import Tokens

/// Starts of prompts on disk.
@Suite(
    .serialized, .tags(.realModel), .enabled(if: TestWeights.entry != nil, TestWeights.reason),
    .timeLimit(.minutes(20)))
struct PrefixCacheTests {
    private static let story = """
        A tester found a fault on a Monday. The fault was small, and the report was long. She wrote down what \
        she did, what she saw, and what she expected to see instead. The next day
        """
    private static let fixedCount = 100

    private func prompt(_ model: LlamaModel, number: Int = 0) async throws -> [TokenID] {
        let story = try await model.tokenize(Array(Self.story.utf8), parsingSpecialTokens: false)
        return Array(repeatElement(story.dropFirst(number), count: 6).joined().prefix(130))
    }

    /// Begins with a prompt, and returns what it cost and some logits.
    private func begin(
        _ model: LlamaModel, number: Int = 0, fixedCount: Int = PrefixCacheTests.fixedCount
    ) async throws -> (reused: Int, logits: [Float]) {
        let request = RequestID(address: "a", fixedTokenCount: fixedCount)
        let cost = try await model.begin(try await prompt(model, number: number), for: request)
        return (cost.reused, try await model.withLogits { logits in logits.indices.prefix(2_000).map { logits[$0] } })
    }

    private func load(
        _ folder: TemporaryFolder, byteLimit: Int = 1 << 30, isDeterministic: Bool = false, name: String = "kept",
        notices: Notices = Notices(), change: (inout ModelConfiguration) -> Void = { _ in }
    ) async throws -> LlamaModel {
        let entry = try #require(TestWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 1024
        configuration.threads = 1
        configuration.isDeterministic = isDeterministic
        configuration.prefixCache = PrefixCacheOptions(folder: folder.path + "/" + name, byteLimit: byteLimit)
        change(&configuration)
        return try await LlamaModel.load(configuration) { notices.add($0) }
    }

    private func files(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/kept").sorted()
            .map { folder.path + "/kept/" + $0 }
    }

    @Test(arguments: [false, true])
    func `another process goes on from where this one was`(isDeterministic: Bool) async throws {
        let folder = try TemporaryFolder()
        let notices = Notices()
        let first = try await begin(load(folder, isDeterministic: isDeterministic, notices: notices))
        #expect(first.reused == 0)
        let path = try #require(try files(folder).first)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let second = try await begin(load(folder, isDeterministic: isDeterministic, notices: notices))
        #expect(second.reused == (isDeterministic ? 64 : Self.fixedCount))
        // The start was a batch of its own here and there, so not even the rounding differs.
        #expect(first.logits == second.logits)
        // A prompt that starts otherwise takes nothing from it.
        #expect(try await begin(load(folder, isDeterministic: isDeterministic), number: 3).reused == 0)
        #expect(notices.all.isEmpty)
    }

    @Test func `a folder that others may write is left alone`() async throws {
        let folder = try TemporaryFolder()
        let kept = folder.path + "/kept"
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: kept)
        let notices = Notices()
        #expect(try await begin(load(folder, notices: notices)).reused == 0)
        #expect(try files(folder).isEmpty)
        #expect(notices.all.count == 1 && notices.all[0].contains("others may write there"))
        // The control: the same folder, closed to others.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: kept)
        _ = try await begin(load(folder, notices: notices))
        #expect(try files(folder).count == 1)
        #expect(notices.all.count == 1)
    }

    @Test func `generations that begin together load a start once and share it`() async throws {
        let folder = try TemporaryFolder()
        _ = try await begin(load(folder))
        let model = try await load(folder)
        let prompt = try await prompt(model)
        let reused = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask {
                    try await model.exclusively {
                        let request = RequestID(address: "\(number)", fixedTokenCount: Self.fixedCount)
                        return try await model.begin(Array(prompt[..<100]) + [prompt[number]], for: request).reused
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reused == [100, 100, 100, 100])
    }

    enum Damage: CaseIterable {
        case truncated, flipped, emptied, foreign, open, linked, magic
    }

    @Test(arguments: Damage.allCases)
    func `a damaged file is ignored with a notice and made anew`(damage: Damage) async throws {
        let folder = try TemporaryFolder()
        let whole = try await begin(load(folder))
        let path = try #require(try files(folder).first)
        var data = try Data(contentsOf: URL(filePath: path))
        let original = data
        switch damage {
        case .truncated: data.removeLast(data.count / 2)
        case .flipped: data[data.count - 100] ^= 1
        case .emptied: data.removeAll()
        case .foreign: data[60] ^= 1
        case .magic: data[0] ^= 1
        case .open, .linked: break
        }
        try data.write(to: URL(filePath: path))
        try FileManager.default.setAttributes(
            [.posixPermissions: damage == .open ? 0o660 : 0o600], ofItemAtPath: path)
        if damage == .linked {
            try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/elsewhere")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path + "/elsewhere")
        }
        let notices = Notices()
        let again = try await begin(load(folder, notices: notices))
        #expect(again.reused == 0)
        #expect(again.logits == whole.logits)
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains("Can't use the kept start of a prompt") == true)
        #expect(try Data(contentsOf: URL(filePath: path)).count == original.count)
        // The new one is good.
        let quiet = Notices()
        #expect(try await begin(load(folder, notices: quiet)).reused == Self.fixedCount)
        #expect(quiet.all.isEmpty)
    }

    @Test func `what another process removed in between is made anew`() async throws {
        let folder = try TemporaryFolder()
        _ = try await begin(load(folder))
        let path = try #require(try files(folder).first)
        let size = try Data(contentsOf: URL(filePath: path)).count
        try Data("no start".utf8).write(to: URL(filePath: path))
        let entry = try #require(TestWeights.entry)
        var configuration = try ModelCatalog().configuration(for: entry.name)
        configuration.contextTokenLimit = 512
        configuration.threads = 1
        configuration.prefixCache = PrefixCacheOptions(folder: folder.path + "/kept")
        let notices = Notices()
        // Told before it removes the file, so that the file is gone when it comes to that.
        let model = try await LlamaModel.load(configuration) { text in
            notices.add(text)
            try? FileManager.default.removeItem(atPath: path)
        }
        #expect(try await begin(model).reused == 0)
        #expect(try Data(contentsOf: URL(filePath: path)).count == size)
        // So many others that it isn't resident any more; then the new file serves.
        for number in 1...6 { _ = try await begin(model, number: number, fixedCount: 0) }
        #expect(try await begin(model).reused == Self.fixedCount)
        #expect(notices.all.count == 1, "\(notices.all)")
    }

    @Test func `what can't be removed is told about once and left alone`() async throws {
        let folder = try TemporaryFolder()
        _ = try await begin(load(folder))
        let path = try #require(try files(folder).first)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(filePath: path + "/note"))
        let notices = Notices()
        let model = try await load(folder, notices: notices) { $0.contextTokenLimit = 512 }
        #expect(try await begin(model).reused == 0)
        // So many others that it isn't resident any more.
        for number in 1...6 { _ = try await begin(model, number: number, fixedCount: 0) }
        #expect(try await begin(model).reused == 0)
        #expect(notices.all.count == 1, "\(notices.all)")
        #expect(FileManager.default.contents(atPath: path + "/note") == Data("mine".utf8))
    }

    @Test func `weights and settings have files of their own`() async throws {
        let folder = try TemporaryFolder()
        let notices = Notices()
        _ = try await begin(load(folder, notices: notices))
        let other = try await load(folder, notices: notices) { $0.sha256 = String(repeating: "0", count: 64) }
        #expect(try await begin(other).reused == 0)
        let settings = try await load(folder, notices: notices) { $0.settings.keyType = .q8 }
        #expect(try await begin(settings).reused == 0)
        #expect(try files(folder).count == 3)
        // A file of other weights under this name.
        let paths = try files(folder)
        for path in paths.dropFirst() {
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: paths[0], toPath: path)
        }
        #expect(notices.all.isEmpty)
        let models = [
            try await load(folder, notices: notices),
            try await load(folder, notices: notices) { $0.sha256 = String(repeating: "0", count: 64) },
            try await load(folder, notices: notices) { $0.settings.keyType = .q8 },
        ]
        var reused: [Int] = []
        for model in models { reused.append(try await begin(model).reused) }
        #expect(reused.filter { $0 == Self.fixedCount }.count == 1)
        #expect(notices.all.count == 2)
        // Weights that nobody has checked have none.
        let unknown = try await load(folder, name: "unknown") { $0.sha256 = nil }
        _ = try await begin(unknown)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/unknown"))
    }

    @Test func `the files used longest ago go when there are too many`() async throws {
        let folder = try TemporaryFolder()
        _ = try await begin(load(folder))
        let first = try #require(try files(folder).first)
        let size = try Data(contentsOf: URL(filePath: first)).count
        let model = try await load(folder, byteLimit: size * 5 / 2)
        _ = try await begin(model, number: 1)
        let second = try #require(try files(folder).first { $0 != first })
        // The first was used just now, the second a day ago.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -86_400)], ofItemAtPath: second)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -172_800)], ofItemAtPath: first)
        #expect(try await begin(load(folder)).reused == Self.fixedCount)
        _ = try await begin(model, number: 2)
        let left = try files(folder)
        #expect(left.count == 2)
        #expect(left.contains(first))
        #expect(!left.contains(second))
        // One that is larger than all may be isn't kept.
        _ = try await begin(load(folder, byteLimit: size / 2, name: "small"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/small"))
    }

    @Test func `a folder that can't be written costs a notice`() async throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: folder.path + "/file"))
        let notices = Notices()
        let model = try await load(folder, name: "file/below", notices: notices)
        #expect(try await begin(model).reused == 0)
        _ = try await begin(model, number: 1)
        #expect(notices.all.count == 1)
        #expect(notices.all.first?.contains("can't be written") == true)
    }

    @Test func `a short start and one that nobody called fixed are not kept`() async throws {
        let folder = try TemporaryFolder()
        let model = try await load(folder)
        _ = try await begin(model, fixedCount: 0)
        _ = try await begin(model, number: 1, fixedCount: 60)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/kept"))
        _ = try await begin(model, number: 2, fixedCount: 64)
        #expect(try files(folder).count == 1)
    }
}
