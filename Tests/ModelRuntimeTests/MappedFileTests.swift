import Glibc
import ModelRuntime
import TestSupport
import Testing

@Suite struct MappedFileTests {
    private static let maps = """
        7f70b7dac000-7f70fa190000 r--s 005ac000 fe:00 9576466                    /weights/a model.gguf
        7f7100000000-7f7100001000 r--s 00000000 fe:00 9576466                    /weights/a model.gguf
        7f7200000000-7f7200001000 rw-s 00000000 fe:00 9576466                    /weights/a model.gguf
        7f7300000000-7f7300001000 r--p 00000000 fe:00 9576466                    /weights/a model.gguf
        7f7400000000-7f7400001000 r--s 00000000 fe:00 9576467                    /weights/a model.gguf.old
        7f7500000000-7f7500001000 r--s 00000000 00:00 0
        """

    @Test func `only shared mappings to be read of the very file are given back`() {
        #expect(
            MappedFile.ranges(of: "/weights/a model.gguf", in: Self.maps)
                == [0x7f70_b7da_c000..<0x7f70_fa19_0000, 0x7f71_0000_0000..<0x7f71_0000_1000])
        #expect(MappedFile.ranges(of: "/weights/another.gguf", in: Self.maps) == [])
    }

    /// Kilobytes of the mapping at `address` that are in memory.
    private static func resident(at address: UInt) throws -> Int {
        let lines = MappedFile.text(ofProcessFile: "/proc/self/smaps").split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix(String(address, radix: 16) + "-") })
        let line = try #require(lines[start...].first { $0.hasPrefix("Rss:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test func `pages that were given back are out of memory, and read as before`() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 4096 &* 31) }
        let path = try folder.write(bytes: bytes, to: "weights")
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        // Mapped here, read within its size, and unmapped at the end.
        let place = unsafe mmap(nil, bytes.count, PROT_READ, MAP_SHARED, file, 0)
        let address = UInt(bitPattern: place)
        try #require(address != UInt.max)
        defer { _ = unsafe munmap(place, bytes.count) }
        let mapped = unsafe UnsafeRawBufferPointer(start: place, count: bytes.count)
        #expect(unsafe Array(mapped) == bytes)
        #expect(try Self.resident(at: address) == bytes.count / 1024)
        MappedFile.release(path: path)
        #expect(try Self.resident(at: address) == 0)
        #expect(unsafe Array(mapped) == bytes)
    }
}
