import Foundation
import JSONSchemas

/// The official JSON Schema Test Suite, if it is on this machine: in the folder that `JSON_SCHEMA_TEST_SUITE` names, or
/// as `shared/schemas/json-schema-test-suite` in a folder above this package.
enum SchemaSuite {
    struct Case {
        let name: String
        let schema: JSONValue
        let tests: [(data: JSONValue, isValid: Bool, name: String)]
    }

    static let folder: URL? = {
        let files = FileManager.default
        if let path = ProcessInfo.processInfo.environment["JSON_SCHEMA_TEST_SUITE"] {
            return files.fileExists(atPath: path) ? URL(filePath: path) : nil
        }
        var above = URL(filePath: #filePath)
        while above.pathComponents.count > 1 {
            above.deleteLastPathComponent()
            let candidate = above.appending(path: "shared/schemas/json-schema-test-suite")
            if files.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// All cases of a draft's required files.
    static func cases(draft: String) throws -> [Case] {
        guard let folder else { return [] }
        let tests = folder.appending(path: "tests/\(draft)")
        let names = try FileManager.default.contentsOfDirectory(atPath: tests.path).filter {
            $0.hasSuffix(".json")
        }
        var cases: [Case] = []
        for name in names.sorted() {
            let file = try JSONValue(parsing: Data(contentsOf: tests.appending(path: name)))
            for (index, group) in (file.arrayValue ?? []).enumerated() {
                guard let schema = group["schema"] else { continue }
                let list = (group["tests"]?.arrayValue ?? []).compactMap {
                    test -> (JSONValue, Bool, String)? in
                    guard let data = test["data"], let isValid = test["valid"]?.boolValue else { return nil }
                    return (data, isValid, test["description"]?.stringValue ?? "")
                }
                cases.append(Case(name: "\(name) #\(index)", schema: schema, tests: list))
            }
        }
        return cases
    }
}
