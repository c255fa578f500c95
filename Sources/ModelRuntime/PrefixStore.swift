import Foundation

/// States of prompt starts on disk, so that the next process needn't evaluate them.
///
/// A state belongs to weights (by hash), a build of llama.cpp for one processor, context settings and exact tokens. A
/// file that isn't what its name promises is told about, removed and made anew; one that can't be removed is left alone.
final class PrefixStore {
    private let options: PrefixCacheOptions
    private let identity: [UInt8]
    private let notice: @Sendable (String) -> Void
    /// Starts that were kept, loaded or given up, so that the disk isn't asked again.
    private var settled: Set<[Int32]> = []
    /// Starts whose files are of no use and can't be removed, so that each is told about once.
    private var stuck: Set<[Int32]> = []
    private var hasSaidUnwritable = false
    /// Whether the folder was looked at and others may write there.
    private var isForeign: Bool?

    /// `identity`: all that a state depends on beside the tokens.
    init(_ options: PrefixCacheOptions, identity: String, notice: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.identity = Array(identity.utf8)
        self.notice = notice
    }

    /// The state of `tokens`; nil where none is kept, or none that can be used.
    func state(of tokens: [Int32]) -> ArraySlice<UInt8>? {
        let file = PrefixFile(identity: identity, tokens: tokens)
        let path = options.folder + "/" + file.name
        guard !stuck.contains(tokens), isOurs(),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        else { return nil }
        do {
            try Self.check(attributes)
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw PrefixFile.Fault(reason: "it can't be read")
            }
            let state = try file.state(in: [UInt8](data))
            // Used now, so that it's among the last to go.
            try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
            return state
        } catch {
            giveUp(tokens, (error as? PrefixFile.Fault)?.reason ?? "\(error)")
            return nil
        }
    }

    /// Tells that the state of `tokens` is of no use, and removes it.
    func giveUp(_ tokens: [Int32], _ reason: String) {
        let name = PrefixFile(identity: identity, tokens: tokens).name
        notice("Can't use the kept start of a prompt `\(name)`: \(reason). It is evaluated again.")
        // Only a file: what else is there is somebody's own.
        // Another process may have removed it already.
        if unsafe unlink(options.folder + "/" + name) == 0 || errno == ENOENT {
            settled.remove(tokens)
        } else {
            stuck.insert(tokens)
        }
    }

    /// Whether the state of `tokens` is to be kept.
    func wants(_ tokens: [Int32]) -> Bool {
        guard settled.insert(tokens).inserted else { return false }
        return !FileManager.default.fileExists(
            atPath: options.folder + "/" + PrefixFile(identity: identity, tokens: tokens).name)
    }

    /// Keeps the state of `tokens`, whole or not at all.
    func keep(_ state: [UInt8], of tokens: [Int32]) {
        let file = PrefixFile(identity: identity, tokens: tokens)
        guard state.count + 4 * tokens.count < options.byteLimit else { return }
        let path = options.folder + "/" + file.name
        let partial = path + "." + UUID().uuidString + Self.partialEnding
        do {
            try FileManager.default.createDirectory(
                atPath: options.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            guard isOurs() else { return }
            guard
                FileManager.default.createFile(
                    atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw CocoaError(.fileWriteUnknown) }
            let handle = try FileHandle(forWritingTo: URL(filePath: partial))
            defer { try? handle.close() }
            try handle.write(contentsOf: file.content(state: state))
            // Not forced to the disk: after a loss of power the checksum finds what is missing.
            guard unsafe rename(partial, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(atPath: partial)
            if !hasSaidUnwritable {
                hasSaidUnwritable = true
                notice(
                    "Can't keep starts of prompts in `\(options.folder)`: it can't be written. The next run evaluates them again."
                )
            }
            return
        }
        makeRoom(keeping: file.name)
    }

    private static let partialEnding = ".partial"
    /// Nobody writes for so long: what is left of a process that ended in between, in seconds.
    private static let partialLifetime: Double = 3_600

    /// Whether the folder belongs to this user and nobody else may write there, so that what is opened by its name is what
    /// was looked at. True as well while there is none.
    private func isOurs() -> Bool {
        if let isForeign { return !isForeign }
        let folder = URL(filePath: options.folder).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: folder) else { return true }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
        let isForeign =
            (attributes[.ownerAccountID] as? NSNumber)?.uint32Value != geteuid() || mode & 0o022 != 0
        self.isForeign = isForeign
        if isForeign {
            notice(
                "Can't keep starts of prompts in `\(options.folder)`: others may write there. Each run evaluates them again."
            )
        }
        return !isForeign
    }

    private static func check(_ attributes: [FileAttributeKey: Any]) throws(PrefixFile.Fault) {
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw PrefixFile.Fault(reason: "it is no regular file")
        }
        guard (attributes[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid(),
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue, mode & 0o077 == 0
        else { throw PrefixFile.Fault(reason: "others may have written it") }
    }

    /// Removes the files used longest ago until the rest fits.
    private func makeRoom(keeping kept: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: options.folder)) ?? []
        var files: [(path: String, size: Int, used: Date)] = []
        for name in names {
            let path = options.folder + "/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let size = attributes[.size] as? NSNumber, let used = attributes[.modificationDate] as? Date
            else { continue }
            if name.hasSuffix(Self.partialEnding), -used.timeIntervalSinceNow > Self.partialLifetime {
                try? FileManager.default.removeItem(atPath: path)
            } else if name.hasSuffix(".prefix") {
                files.append((path, size.intValue, name == kept ? .distantFuture : used))
            }
        }
        var total = files.reduce(0) { $0 + $1.size }
        for file in files.sorted(by: { $0.used < $1.used }) where total > options.byteLimit {
            try? FileManager.default.removeItem(atPath: file.path)
            total -= file.size
        }
    }
}
