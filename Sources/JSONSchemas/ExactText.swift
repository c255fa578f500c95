/// A text as a key: equal to another where their bytes are. Swift's own strings are keys by canonical equivalence, under
/// which two spellings of one accented letter are the same name.
struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        text.hashBytes(into: &hasher)
    }
}

extension String {
    /// Swift's `==` also holds for canonically equivalent strings; JSON compares code points.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && self == other && utf8.elementsEqual(other.utf8)
    }

    /// Feeds the bytes to `hasher`, as ``hasSameBytes(as:)`` compares them: strings that are only canonically equivalent
    /// don't share a bucket, of which a file could fill one with thousands.
    func hashBytes(into hasher: inout Hasher) {
        var text = self
        text.withUTF8 { bytes in
            // The hasher reads the bytes within the call.
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        // Where one text ends and the next begins.
        hasher.combine(UInt8.max)
    }
}
