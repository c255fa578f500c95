import SandboxExecution
import Testing

@Suite struct OutputCollectorTests {
    @Test(arguments: [0, 1, 99, 100, 101, 500], [1, 7, 64, 1000])
    func `what is kept is the stream's start and end`(count: Int, chunk: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var collector = OutputCollector(byteLimit: 100)
        var rest = bytes[...]
        while !rest.isEmpty {
            collector.append(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        let (kept, isTruncated) = collector.contents()
        #expect(collector.byteCount == count)
        #expect(isTruncated == (count > 100))
        if count <= 100 {
            #expect(kept == bytes)
        } else {
            #expect(kept.starts(with: bytes.prefix(75)))
            #expect(kept.suffix(25).elementsEqual(bytes.suffix(25)))
            #expect(
                String(decoding: kept.dropFirst(75).dropLast(25), as: UTF8.self)
                    == "\n[... \(count - 100) bytes left out ...]\n")
        }
    }

    @Test func `a limit of nothing keeps nothing`() {
        var collector = OutputCollector(byteLimit: 0)
        collector.append([1, 2, 3])
        #expect(collector.byteCount == 3)
        #expect(collector.contents().isTruncated)
    }
}
