import Foundation
import Glibc
import ModelRuntime
import Synchronization
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

    /// Whether nothing of the mapping at `address` is in memory, within ten seconds.
    private static func becomesAbsent(at address: UInt) throws -> Bool {
        for _ in 0..<1_000 {
            if try resident(at: address) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    /// A file that is mapped, shared and to be read only, as long as this lives.
    private final class Mapping {
        static let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 / 4096 &* 31) }
        let path: String
        let address: UInt
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            path = try folder.write(bytes: Self.bytes, to: "weights")
            let file = unsafe open(path, O_RDONLY)
            defer { close(file) }
            address = unsafe UInt(bitPattern: mmap(nil, Self.bytes.count, PROT_READ, MAP_SHARED, file, 0))
            try #require(address != UInt.max)
        }

        /// What is read there, within the file's size.
        var contents: [UInt8] {
            let start = unsafe UnsafeRawPointer(bitPattern: address)
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: Self.bytes.count))
        }

        deinit { _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), Self.bytes.count) }
    }

    @Test func `pages that were given back are out of memory, and read as before`() throws {
        let mapping = try Mapping()
        #expect(mapping.contents == Mapping.bytes)
        #expect(try Self.resident(at: mapping.address) == Mapping.bytes.count / 1024)
        MappedFile.release(path: mapping.path)
        // Tests beside this one may load weights: what is given back then waits until the last has them.
        #expect(try Self.becomesAbsent(at: mapping.address))
        #expect(mapping.contents == Mapping.bytes)
    }

    @Test func `nothing is given back while a thread maps files, and all of it afterwards`() throws {
        let mapping = try Mapping()
        #expect(mapping.contents == Mapping.bytes)
        let meanwhile = MappedFile.changing {
            Result {
                MappedFile.release(path: mapping.path)
                return try Self.resident(at: mapping.address)
            }
        }
        #expect(try meanwhile.get() == Mapping.bytes.count / 1024)
        #expect(try Self.becomesAbsent(at: mapping.address))
    }

    @Test func `memory that takes the place of a mapping keeps its contents`() throws {
        let folder = try TemporaryFolder()
        let size = 1 << 20
        let path = try folder.write(bytes: [UInt8](repeating: 7, count: size), to: "weights")
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        let isDone = Atomic(false)
        let releasing = Thread {
            while !isDone.load(ordering: .relaxed) { MappedFile.release(path: path) }
            isDone.store(false, ordering: .relaxed)
        }
        releasing.start()
        defer {
            isDone.store(true, ordering: .relaxed)
            while isDone.load(ordering: .relaxed) { usleep(1_000) }
        }
        var taken = 0
        for round in 0..<300 {
            let place = MappedFile.changing { unsafe UInt(bitPattern: mmap(nil, size, PROT_READ, MAP_SHARED, file, 0)) }
            try #require(place != UInt.max)
            usleep(UInt32(round % 100))
            MappedFile.changing { _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: place), size) }
            // What a heap of another thread would do: it maps where there is room.
            let heap = unsafe mmap(
                UnsafeMutableRawPointer(bitPattern: place), size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0)
            guard UInt(bitPattern: heap) == place else { continue }
            defer { _ = unsafe munmap(heap, size) }
            taken += 1
            let bytes = unsafe UnsafeMutableRawBufferPointer(start: heap, count: size)
            for index in stride(from: 0, to: size, by: 4096) { unsafe bytes[index] = 0xA5 }
            usleep(300)
            let kept = stride(from: 0, to: size, by: 4096).filter { unsafe bytes[$0] == 0xA5 }.count
            #expect(kept == size / 4096, "round \(round)")
        }
        #expect(taken > 100)
    }
}
