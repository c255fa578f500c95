import Crypto
import JSONSchemas
import Documents
import WorkflowFormat

/// The items of `for_each: { segments: ... }`.
enum SegmentItems {
    /// Cuts `source` into segments: a text, or the result of `file.read` with `text` and `path`.
    static func items(of source: JSONValue, by unit: ForEach.SegmentKind, address: String) throws -> [JSONValue] {
        let text: String
        let path: String
        if let string = source.stringValue {
            (text, path) = (string, "")
        } else if let string = source["text"]?.stringValue {
            (text, path) = (string, source["path"]?.stringValue ?? "")
        } else {
            throw Halt(.failed, "Can't cut the text of `\(address)`: there is none.")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let digest = SHA256.hash(data: Array(text.utf8)).hexadecimal
        let planned = DocumentSegmenter.Unit(rawValue: unit.rawValue) ?? .paragraphs
        return DocumentSegmenter().segments(of: text, by: planned).enumerated().map { index, segment in
            [
                "index": .integer(index), "text": .string(segment.text),
                "byte_start": .integer(segment.byteRange.lowerBound),
                "byte_end": .integer(segment.byteRange.upperBound), "section": .string(segment.section),
                "before": .string(segment.before), "example": .string(segment.example), "source": .string(name),
                "normative": .string(
                    NormativeWords(in: segment.text)?.rawValue ?? (segment.isLegend ? "defines" : "none")),
                "source_sha256": .string(digest),
            ]
        }
    }
}

extension Sequence where Element == UInt8 {
    /// The bytes in lower-case hexadecimal.
    var hexadecimal: String {
        map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
