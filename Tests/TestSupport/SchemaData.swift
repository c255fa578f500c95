public import Foundation
public import JSONSchemas

/// Schemas and instances with known answers, and how their files are read.
public enum SchemaData {
    /// A schema with instances and what they are said to be.
    public struct Group: Sendable {
        /// The file's name without its extension.
        public let file: String
        /// What the group is called: its `id`, else its place in the file and its description.
        public let name: String
        /// The schema.
        public let schema: JSONValue
        /// The instances.
        public let tests: [Test]
    }

    /// An instance and what it is said to be.
    public struct Test: Sendable {
        /// The instance.
        public let data: JSONValue
        /// Whether it fits the schema.
        public let isValid: Bool
        /// What the test is called, or the keyword that the instance breaks.
        public let name: String?
    }

    /// `shared/schemas` in a folder above this package, where it lies beside the project.
    public static let folder: URL? = {
        var above = URL(filePath: #filePath)
        while above.pathComponents.count > 1 {
            above.deleteLastPathComponent()
            let candidate = above.appending(path: "shared/schemas")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    /// The official JSON Schema Test Suite: the folder that `JSON_SCHEMA_TEST_SUITE` names, else the one in ``folder``.
    public static let suiteFolder: URL? = existing(
        ProcessInfo.processInfo.environment["JSON_SCHEMA_TEST_SUITE"].map { URL(filePath: $0) }
            ?? folder?.appending(path: "json-schema-test-suite"))

    /// The schemas that people wrote, a schema a line.
    public static let corpusFolder: URL? = existing(folder?.appending(path: "jsonschemabench"))

    private static func existing(_ folder: URL?) -> URL? {
        folder.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
    }

    /// The required groups of the official suite.
    public static func suite(draft: String) throws -> [Group] {
        try suiteFolder.map { try suite(in: $0.appending(path: "tests/\(draft)")) } ?? []
    }

    /// The official suite's groups about a format, of 2020-12.
    public static func groups(ofFormat name: String) throws -> [Group] {
        let files = "tests/draft2020-12/optional/format/\(name).json"
        return try suiteFolder.map { try groups(ofSuiteFile: $0.appending(path: files)) } ?? []
    }

    /// The groups of all `*.json` files in a folder of the official suite.
    public static func suite(in folder: URL) throws -> [Group] {
        try files(in: folder, ending: ".json").flatMap { try groups(ofSuiteFile: $0) }
    }

    /// The records of all `*.jsonl` files in a folder, in the files' order.
    public static func corpus(in folder: URL) throws -> [Group] {
        try files(in: folder, ending: ".jsonl").flatMap { file in
            let name = file.deletingPathExtension().lastPathComponent
            // By its bytes: splitting `Data` is slower.
            return try Array(Data(contentsOf: file)).split(separator: UInt8(ascii: "\n"))
                .filter { line in line.contains { $0 > 32 } }
                .compactMap { line in
                    let value = try JSONValue(parsing: line)
                    return group(value, file: name, name: value["id"]?.stringValue ?? "", of: "keyword")
                }
        }
    }

    private static func groups(ofSuiteFile file: URL) throws -> [Group] {
        let name = file.deletingPathExtension().lastPathComponent
        let values = try JSONValue(parsing: Data(contentsOf: file)).arrayValue ?? []
        return values.enumerated().compactMap { index, value in
            let title = "\(name)#\(index) \(value["description"]?.stringValue ?? "")"
            return group(value, file: name, name: title, of: "description")
        }
    }

    private static func group(_ value: JSONValue, file: String, name: String, of label: String) -> Group? {
        guard let schema = value["schema"] else { return nil }
        let tests = (value["tests"]?.arrayValue ?? []).compactMap { test -> Test? in
            guard let data = test["data"], let isValid = test["valid"]?.boolValue else { return nil }
            return Test(data: data, isValid: isValid, name: test[label]?.stringValue)
        }
        return Group(file: file, name: name, schema: schema, tests: tests)
    }

    private static func files(in folder: URL, ending: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(ending) }.sorted()
            .map { folder.appending(path: $0) }
    }
}
