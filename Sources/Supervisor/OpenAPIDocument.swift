import JSONSchemas

/// The interface's description: `Interface/openapi.json`.
enum OpenAPIDocument {
    /// The document; an object without members could only come of a file that is no JSON, which a test would show.
    static let value: JSONValue = (try? JSONValue(parsing: PackageResources.openapi_json)) ?? [:]
}
