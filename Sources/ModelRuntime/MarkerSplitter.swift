/// Keeps llama.cpp from seeing markers in text that isn't trusted.
///
/// It recognizes a vocabulary's user-defined tokens, such as `<tool_call>`, even with special tokens off. A
/// marker that is cut in two is tokenized as the ordinary text it is.
package enum MarkerSplitter {
    /// `bytes` in parts, cut after the first byte of every occurrence of a marker, so that no part contains
    /// one. All markers start with `<`.
    package static func split(_ bytes: [UInt8], at markers: [[UInt8]]) -> [ArraySlice<UInt8>] {
        let first = UInt8(ascii: "<")
        guard !markers.isEmpty, bytes.contains(first) else { return [bytes[...]] }
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        for index in bytes.indices where bytes[index] == first {
            guard markers.contains(where: { bytes[index...].starts(with: $0) }) else { continue }
            parts.append(bytes[start...index])
            start = index + 1
        }
        parts.append(bytes[start...])
        return parts
    }
}
