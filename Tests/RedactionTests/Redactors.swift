import JSONSchemas
import Redaction

/// Redactors for tests; the key is fixed, so that tokens are.
enum Redactors {
    static let key = [UInt8](repeating: 7, count: 32)

    /// What every run has.
    static let plain = make()
    /// With everything that can be asked for.
    static let full = make(requested: Set(RedactionClass.onRequest))

    static func make(
        secrets: [String] = [], requested: Set<RedactionClass> = [], patterns: [ProjectPattern] = [],
        key: [UInt8] = key
    ) -> Redactor {
        Redactor(
            RedactionConfiguration(
                key: key, secrets: secrets.compactMap(KnownSecret.init), requested: requested, patterns: patterns))
    }
}
