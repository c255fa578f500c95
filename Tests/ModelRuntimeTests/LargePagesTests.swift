import ModelRuntime
import Testing

@Suite struct LargePagesTests {
    private static let onRequest = "always [madvise] never\n"

    @Test func `a process is started anew where the kernel gives large pages on request`() {
        #expect(LargePages.value(after: nil, kernel: Self.onRequest) == "glibc.malloc.hugetlb=1")
        #expect(LargePages.value(after: "", kernel: Self.onRequest) == "glibc.malloc.hugetlb=1")
        #expect(
            LargePages.value(after: "glibc.malloc.check=3", kernel: Self.onRequest)
                == "glibc.malloc.check=3:glibc.malloc.hugetlb=1")
    }

    @Test func `it is not where nothing would change, above all not twice`() throws {
        let once = try #require(LargePages.value(after: "glibc.malloc.check=3", kernel: Self.onRequest))
        #expect(LargePages.value(after: once, kernel: Self.onRequest) == nil)
        // What a person chose stays.
        #expect(LargePages.value(after: "glibc.malloc.hugetlb=0", kernel: Self.onRequest) == nil)
        for kernel in ["[always] madvise never\n", "always madvise [never]\n", ""] {
            #expect(LargePages.value(after: nil, kernel: kernel) == nil)
        }
    }

    @Test func `it is not where the loader was started and not the program`() {
        func vector(_ pairs: [(UInt, UInt)]) -> [UInt8] {
            pairs.flatMap { [$0.0, $0.1] }.flatMap { number in
                (0..<MemoryLayout<UInt>.size).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
            }
        }
        #expect(LargePages.isLoadedByKernel(startVector: vector([(6, 4096), (7, 0x7FFF_F7FC_0000), (0, 0)])))
        #expect(!LargePages.isLoadedByKernel(startVector: vector([(6, 4096), (7, 0), (9, 7), (0, 0)])))
        // A value is no name.
        #expect(!LargePages.isLoadedByKernel(startVector: vector([(9, 7), (6, 4096), (0, 0)])))
        #expect(!LargePages.isLoadedByKernel(startVector: []))
        #expect(!LargePages.isLoadedByKernel(startVector: [7, 0, 0]))
    }
}
