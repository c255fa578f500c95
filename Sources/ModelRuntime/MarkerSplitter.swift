/// Keeps llama.cpp from seeing markers in text that isn't trusted.
///
/// It recognizes a vocabulary's user-defined tokens, such as `<tool_call>`, even with special tokens off, and a
/// SentencePiece vocabulary's merges may lead to any token, `<s>` included. A marker that is cut in two is tokenized as
/// the ordinary text it is.
package struct MarkerSplitter: Sendable {
    /// The markers by their first byte.
    private let markers: [[[UInt8]]]

    /// A splitter for `markers`. One of a single character can't be cut and is left out.
    package init(_ markers: [[UInt8]]) {
        var byFirst = [[[UInt8]]](repeating: [], count: 256)
        for marker in Set(markers) {
            guard let first = marker.first, marker.count > Self.width(first) else { continue }
            byFirst[Int(first)].append(marker)
        }
        self.markers = byFirst
    }

    /// `bytes` in parts, cut after the first character of every occurrence of a marker, so that no part contains one.
    package func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        for index in bytes.indices where index >= start {
            let candidates = markers[Int(bytes[index])]
            guard !candidates.isEmpty, candidates.contains(where: { bytes[index...].starts(with: $0) }) else {
                continue
            }
            let end = index + Self.width(bytes[index])
            parts.append(bytes[start..<end])
            start = end
        }
        parts.append(bytes[start...])
        return parts
    }

    /// `bytes` in parts that contain none of `markers`.
    package static func split(_ bytes: [UInt8], at markers: [[UInt8]]) -> [ArraySlice<UInt8>] {
        MarkerSplitter(markers).split(bytes)
    }

    /// Bytes of the UTF-8 character that starts so.
    private static func width(_ first: UInt8) -> Int {
        switch first {
        case 0xC0...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF7: 4
        default: 1
        }
    }
}
