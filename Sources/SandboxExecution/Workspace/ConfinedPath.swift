/// A path below a folder, as raw bytes: no leading slash, no `.` or `..`, no empty part, no NUL.
///
/// Names on Linux are bytes and need not be UTF-8. Paths are ordered part by part, so that a folder comes before
/// everything in it and its content stays together.
package struct ConfinedPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bytes, parts separated by slashes; empty for the folder itself.
    package let bytes: [UInt8]

    /// The folder itself.
    package static let root = ConfinedPath(unchecked: [])

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// A path from its bytes.
    ///
    /// - Throws: ``ConfinedFolderError/invalidPath`` for an absolute or empty path and for one that holds `.`, `..`,
    ///   an empty part or a NUL byte.
    package init(bytes: [UInt8]) throws(ConfinedFolderError) {
        guard !bytes.contains(0) else { throw .invalidPath }
        let parts = bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
        for part in parts where part.isEmpty || part == [Self.dot] || part == [Self.dot, Self.dot] {
            throw .invalidPath
        }
        self.bytes = bytes
    }

    /// A path from text, under the rules of ``init(bytes:)``.
    package init(_ text: String) throws(ConfinedFolderError) {
        try self.init(bytes: Array(text.utf8))
    }

    static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// Its parts in order; none for the folder itself.
    package var parts: [ArraySlice<UInt8>] { bytes.split(separator: Self.slash) }

    /// The last part.
    package var name: ArraySlice<UInt8> {
        guard let index = bytes.lastIndex(of: Self.slash) else { return bytes[...] }
        return bytes[(index + 1)...]
    }

    /// The path of the folder it lies in; the folder itself lies in itself.
    package var parent: ConfinedPath {
        guard let index = bytes.lastIndex(of: Self.slash) else { return .root }
        return ConfinedPath(unchecked: Array(bytes[..<index]))
    }

    /// Every folder on the way to it below the root, outermost first, and the path itself last.
    package var prefixes: [ConfinedPath] {
        var result = bytes.indices.filter { bytes[$0] == Self.slash }.map {
            ConfinedPath(unchecked: Array(bytes[..<$0]))
        }
        if !bytes.isEmpty { result.append(self) }
        return result
    }

    /// The path of an entry of this folder. The name is one that a folder's listing gave, or has been checked.
    func appending(_ name: some Collection<UInt8>) -> ConfinedPath {
        ConfinedPath(unchecked: bytes.isEmpty ? Array(name) : bytes + [Self.slash] + name)
    }

    /// The path for people, see ``VisiblePath``.
    package var description: String { bytes.isEmpty ? "." : VisiblePath.text(of: bytes) }

    /// The path as the kernel takes it, ended by a zero.
    var cString: [CChar] { Self.cString(bytes.isEmpty ? [Self.dot] : bytes[...]) }

    /// The last part as the kernel takes it, ended by a zero.
    var nameCString: [CChar] { Self.cString(name) }

    static func cString(_ bytes: ArraySlice<UInt8>) -> [CChar] {
        bytes.map { CChar(bitPattern: $0) } + [0]
    }

    package static func < (left: ConfinedPath, right: ConfinedPath) -> Bool {
        // A slash sorts before every other byte, which is the order part by part.
        left.bytes.lexicographicallyPrecedes(right.bytes) { rank($0) < rank($1) }
    }

    private static func rank(_ byte: UInt8) -> UInt8 { byte == slash ? 0 : byte }
}
