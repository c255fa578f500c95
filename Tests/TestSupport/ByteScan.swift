import Foundation

/// Looks for many byte strings at once in whole files, as somebody does who found a disk.
package struct ByteScan {
    private var byHead: [UInt64: [(index: Int, bytes: [UInt8])]] = [:]
    private static let headByteCount = 6

    /// The values that are looked for, of at least six bytes each.
    package init(_ values: [String]) {
        for (index, value) in values.enumerated() {
            let bytes = Array(value.utf8)
            precondition(bytes.count >= Self.headByteCount, "a value is too short to be looked for")
            let head = bytes[0..<Self.headByteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            byHead[head, default: []].append((index, bytes))
        }
    }

    /// The places in the list of the values that are in `bytes`.
    package func found(in bytes: [UInt8]) -> Set<Int> {
        var found: Set<Int> = []
        var head: UInt64 = 0
        let mask: UInt64 = (1 << 48) - 1
        for (index, byte) in bytes.enumerated() {
            head = (head << 8 | UInt64(byte)) & mask
            guard index + 1 >= Self.headByteCount, let candidates = byHead[head] else { continue }
            let start = index + 1 - Self.headByteCount
            for candidate in candidates
            where start + candidate.bytes.count <= bytes.count
                && bytes[start..<(start + candidate.bytes.count)].elementsEqual(candidate.bytes)
            {
                found.insert(candidate.index)
            }
        }
        return found
    }

    /// The same over every file below a folder, by file; hidden files too, those in `leavingOut` not.
    package func found(below folder: String, leavingOut: [String] = []) throws -> [String: Set<Int>] {
        var result: [String: Set<Int>] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
        where !leavingOut.contains(where: { name == $0 || name.hasPrefix($0 + "/") }) {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            let found = found(in: Array(data))
            if !found.isEmpty { result[name] = found }
        }
        return result
    }
}
