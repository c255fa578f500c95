import Foundation

/// Bytes in base 64.
enum Base64 {
    /// What the text stands for.
    static func bytes(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
