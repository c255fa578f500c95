import JSONSchemas

/// Shorthands for reading validated arguments.
extension JSONObject {
    func string(_ name: String) -> String? {
        self[name]?.stringValue
    }

    func integer(_ name: String) -> Int? {
        self[name]?.intValue
    }

    /// A string argument that the manifest requires.
    func required(_ name: String) throws(ToolError) -> String {
        guard let value = string(name) else {
            throw ToolError(.badArgument, "Can't run the call: `\(name)` is missing.")
        }
        return value
    }

    /// The rows of an argument: a list of objects.
    func rows(_ name: String) throws(ToolError) -> [JSONObject] {
        guard let list = self[name]?.arrayValue else {
            throw ToolError(.badArgument, "Can't run the call: `\(name)` must be a list.")
        }
        var rows: [JSONObject] = []
        for (index, item) in list.enumerated() {
            guard let row = item.objectValue else {
                throw ToolError(.badArgument, "Can't run the call: `\(name)` item \(index) is no object.")
            }
            rows.append(row)
        }
        return rows
    }
}
