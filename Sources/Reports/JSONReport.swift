public import JSONSchemas

/// A JSON file for people to read.
public enum JSONReport {
    /// The value with two spaces of indentation and a line break at the end.
    public static func render(_ value: JSONValue) -> String {
        value.serialized(.pretty) + "\n"
    }

    /// One compact value a line (JSON Lines).
    public static func lines(_ values: [JSONValue]) -> String {
        values.map { $0.serialized(.compact) + "\n" }.joined()
    }
}
