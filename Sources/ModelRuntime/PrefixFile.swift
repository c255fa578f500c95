import Crypto
import Foundation

/// A file that holds the state of a prompt's start.
///
/// | bytes | what |
/// | --- | --- |
/// | 8 | `WPREFIX1` |
/// | 32 | SHA-256 of all that follows |
/// | 8 | n, little endian |
/// | n | what the state depends on: see ``PrefixStore`` |
/// | 8 | k, little endian |
/// | 4k | the tokens, little endian |
/// | the rest | the state, as llama.cpp wrote it |
///
/// The digest finds damage, and a file of other weights, settings or tokens is none of ours. Someone who can write as
/// this user can write a file that fits; against others stand the file's owner and mode.
struct PrefixFile {
    private static let magic = Array("WPREFIX1".utf8)
    private static let digestCount = 32

    /// Why a file can't be used.
    struct Fault: Error {
        let reason: String
    }

    let identity: [UInt8]
    let tokens: [Int32]

    private var header: [UInt8] {
        var bytes: [UInt8] = []
        bytes += Self.littleEndian(UInt64(identity.count)) + identity + Self.littleEndian(UInt64(tokens.count))
        for token in tokens { bytes += Self.littleEndian(token) }
        return bytes
    }

    /// What the file is called.
    var name: String {
        SHA256.hash(data: header).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + ".prefix"
    }

    /// The file's content.
    func content(state: [UInt8]) -> Data {
        let header = header
        var hash = SHA256()
        hash.update(data: header)
        hash.update(data: state)
        var data = Data(capacity: Self.magic.count + Self.digestCount + header.count + state.count)
        data.append(contentsOf: Self.magic)
        data.append(contentsOf: hash.finalize())
        data.append(contentsOf: header)
        data.append(contentsOf: state)
        return data
    }

    /// The state in `content`.
    func state(in content: [UInt8]) throws(Fault) -> ArraySlice<UInt8> {
        let header = header
        let start = Self.magic.count + Self.digestCount
        guard content.starts(with: Self.magic) else { throw Fault(reason: "it is no state of a prompt") }
        guard content.count > start + header.count else { throw Fault(reason: "it is cut short") }
        guard content[start...].starts(with: header) else {
            throw Fault(reason: "it belongs to other weights, settings or text")
        }
        var hash = SHA256()
        // Hashed in place: these are tens of megabytes.
        unsafe content.withUnsafeBytes { bytes in
            unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        }
        guard hash.finalize().elementsEqual(content[Self.magic.count..<start]) else {
            throw Fault(reason: "its checksum is wrong")
        }
        return content[(start + header.count)...]
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
