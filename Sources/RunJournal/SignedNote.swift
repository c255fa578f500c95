import Foundation

/// A text with signatures in the signed-note form.
///
/// Source: C2SP `signed-note` (c2sp.org/signed-note): the text, which ends with a line feed, an empty line, and one line
/// a signature: an em dash, a space, the key's name, a space, and base64 of the four bytes of the key's id and the
/// signature's bytes.
struct SignedNote: Hashable {
    struct Signature: Hashable {
        let name: String
        let keyID: [UInt8]
        let bytes: [UInt8]
    }

    /// The signed bytes as text; ends with a line feed.
    let text: String
    let signatures: [Signature]

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note; nil unless it is exactly what ``serialized`` writes. Base64 has several spellings of the same
    /// bytes, and a note that was altered must never read as the one that was signed.
    init?(_ serialized: String) {
        guard let gap = serialized.range(of: "\n\n") else { return nil }
        text = String(serialized[..<gap.lowerBound]) + "\n"
        var signatures: [Signature] = []
        for line in serialized[gap.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == "—", let data = Data(base64Encoded: String(words[2])), data.count > 4
            else { return nil }
            signatures.append(
                Signature(name: String(words[1]), keyID: Array(data.prefix(4)), bytes: Array(data.dropFirst(4))))
        }
        self.signatures = signatures
        // By bytes: two texts that differ in how a letter is composed are equal as strings.
        guard !signatures.isEmpty, Array(self.serialized.utf8) == Array(serialized.utf8) else { return nil }
    }

    /// The note as it is kept and handed out.
    var serialized: String {
        text + "\n"
            + signatures.map { "— \($0.name) \(Data($0.keyID + $0.bytes).base64EncodedString())\n" }.joined()
    }
}
