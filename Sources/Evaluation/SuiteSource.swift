package import JSONSchemas

/// Something that a suite's figures hang on.
package struct SuiteSource: Hashable, Sendable {
    /// What it is to the suite: `suite`, `items`, `gold`, `scorer`, or an input's name behind `input `.
    package let role: String
    /// As `suite.yaml` has it, so that no path of a machine stands in it.
    package let name: String
    /// `file`, `folder` or `text`, and the SHA-256 of what it holds in lower-case hexadecimal.
    package let digest: String

    /// As a manifest has it.
    package var json: JSONValue {
        ["role": .string(role), "name": .string(name), "digest": .string(digest)]
    }
}
