internal import CKernelCalls
import Glibc

/// Owns one descriptor; closed when the value's life ends.
///
/// All reading and writing names its place in the file, so that two readers never disturb each other.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor's number.
    package let raw: CInt

    init(_ raw: CInt) { self.raw = raw }

    deinit { close(raw) }

    /// Gives the number away; whoever takes it closes it.
    consuming func release() -> CInt {
        let number = raw
        discard self
        return number
    }

    /// What the kernel says about the open file.
    func status() throws(ConfinedFolderError) -> EntryStatus {
        var raw = stat()
        // The structure outlives the call.
        guard unsafe fstat(self.raw, &raw) == 0 else { throw .last }
        return EntryStatus(raw)
    }

    /// Reads from `offset` until `buffer` is full or the file ends; returns how many bytes came.
    func read(into buffer: inout [UInt8], count wanted: Int, at offset: Int) throws(ConfinedFolderError) -> Int {
        precondition(wanted <= buffer.count, "A read must not ask for more than its buffer holds.")
        var total = 0
        while total < wanted {
            let (place, rest) = (total, wanted - total)
            // The pointer stays within the buffer: at most the rest after what has been read is asked for.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(raw, bytes.baseAddress?.advanced(by: place), rest, off_t(offset + place))
            }
            if count == 0 { break }
            if count > 0 { total += count } else if errno != EINTR { throw .last }
        }
        return total
    }

    /// Writes the first `count` bytes of `buffer` at `offset`.
    package func write(_ buffer: [UInt8], count wanted: Int, at offset: Int) throws(ConfinedFolderError) {
        precondition(wanted <= buffer.count, "A write must not take more than its buffer holds.")
        var total = 0
        while total < wanted {
            let (place, rest) = (total, wanted - total)
            // The pointer stays within the buffer: at most the rest after what has been written is taken.
            let count = unsafe buffer.withUnsafeBytes { bytes in
                unsafe pwrite(raw, bytes.baseAddress?.advanced(by: place), rest, off_t(offset + place))
            }
            if count >= 0 { total += count } else if errno != EINTR { throw .last }
        }
    }
}
