import JSONSchemas

/// Compiles the schema of a trial.
enum DecodingSchema {
    static func compile(_ text: [UInt8], _ setting: DecodingTrial.Setting) throws -> JSONSchema {
        try JSONSchema(
            JSONValue(parsing: text),
            options: JSONSchema.Options(
                assertsFormats: setting.assertsFormats, draft: setting.draft == "7" ? .draft7 : .draft2020))
    }
}
