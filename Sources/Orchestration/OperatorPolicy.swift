import Crypto
import Foundation
import Glibc
public import JSONSchemas
import PolicyEngine
import Redaction
public import WorkflowFormat

/// The policy of whoever runs this machine. It narrows every workflow's policy and never widens one.
public struct OperatorPolicy: Hashable, Sendable {
    /// The file.
    public let path: String
    /// Hex SHA-256 of its bytes.
    public let sha256: String
    /// Its rules.
    public let definition: PolicyDefinition
    /// Its text, where that is recorded.
    private let text: String?

    /// Larger files are no policies.
    private static let byteLimit = 1 << 20
    /// Larger texts are not recorded: 64 KiB.
    private static let recordedByteLimit = 1 << 16

    private init(path: String, sha256: String, definition: PolicyDefinition, text: String?) {
        self.path = path
        self.sha256 = sha256
        self.definition = definition
        self.text = text
    }

    /// Reads the operator's policy; nil when there is no such file.
    ///
    /// Only a file that is certainly absent counts as none: one that can't be reached or read, a dangling link and a
    /// mistake in it are errors, since rules that were meant to hold would silently not hold.
    ///
    /// - Parameters:
    ///   - path: Where it would lie.
    ///   - tools: Every tool there is.
    /// - Returns: The policy.
    /// - Throws: ``OperatorPolicyError`` with everything that is wrong.
    public static func load(path: String, tools: [ToolDefinition]) throws(OperatorPolicyError) -> OperatorPolicy? {
        guard try isThere(path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OperatorPolicyError("Can't read the operator's policy `\(path)`: the file can't be opened.")
        }
        guard data.count <= byteLimit, let text = String(validating: Array(data), as: UTF8.self) else {
            throw OperatorPolicyError(
                "Can't read the operator's policy `\(path)`: it is no UTF-8 text of at most \(byteLimit) bytes.")
        }
        let definition: PolicyDefinition
        do throws(WorkflowErrors) {
            definition = try PolicyDefinition.parseOperators(text, file: path, tools: tools)
        } catch {
            throw OperatorPolicyError(error.description)
        }
        let failures: [PolicyTestFailure]
        do throws(PolicyError) {
            // As a layer it is only compiled where a workflow has the tool; a mistake must show before that.
            failures = try Policy.runTests(definition, tools: tools)
        } catch {
            throw OperatorPolicyError(error.description)
        }
        guard failures.isEmpty else {
            throw OperatorPolicyError(failures.map(\.description).joined(separator: "\n"))
        }
        return OperatorPolicy(
            path: path, sha256: SHA256.hash(data: data).hexadecimal, definition: definition,
            text: data.count <= recordedByteLimit ? text : nil)
    }

    /// The policy that a run recorded, for its replay; nil where its text is neither in the record nor here.
    ///
    /// - Parameters:
    ///   - recorded: What ``json`` was then.
    ///   - current: The policy of now: where the record holds no text, and this is the same file, it is used.
    ///   - tools: Every tool there is.
    /// - Throws: `WorkflowErrors` where its text doesn't fit the tools of now.
    init?(
        recorded: JSONValue, current: OperatorPolicy?, tools: [ToolDefinition]
    ) throws(WorkflowErrors) {
        guard let path = recorded["path"]?.stringValue, let sha256 = recorded["sha256"]?.stringValue else { return nil }
        if let text = recorded["text"]?.stringValue {
            guard SHA256.hash(data: Data(text.utf8)).hexadecimal == sha256 else { return nil }
            let definition = try PolicyDefinition.parseOperators(text, file: path, tools: tools)
            self.init(path: path, sha256: sha256, definition: definition, text: text)
        } else {
            guard let current, current.sha256 == sha256 else { return nil }
            self.init(path: path, sha256: sha256, definition: current.definition, text: nil)
        }
    }

    /// The same, without its text where that holds what `redactor` would replace.
    func recorded(by redactor: Redactor) -> OperatorPolicy {
        guard let text, redactor.redact(text) != text else { return self }
        return OperatorPolicy(path: path, sha256: sha256, definition: definition, text: nil)
    }

    private static func isThere(_ path: String) throws(OperatorPolicyError) -> Bool {
        var status = stat()
        // The path lives for the call, and the structure is a local variable that outlives it.
        if unsafe lstat(path, &status) == 0 { return true }
        let number = errno
        if number == ENOENT || number == ENOTDIR { return false }
        // The text is copied before the next call on this thread.
        let reason = unsafe strerror(number).map { unsafe String(cString: $0).lowercased() } ?? "error \(number)"
        throw OperatorPolicyError("Can't read the operator's policy `\(path)`: \(reason).")
    }

    /// What is recorded of it: which file, which bytes, and its text, so that its decisions can be made again when the
    /// file is another one.
    public var json: JSONValue {
        var object: JSONObject = ["path": .string(path), "sha256": .string(sha256)]
        if let text { object["text"] = .string(text) }
        return .object(object)
    }

    /// Whether two records are of the same file and bytes; older ones have no text.
    static func isSame(_ recorded: JSONValue, _ current: JSONValue) -> Bool {
        recorded["path"] == current["path"] && recorded["sha256"] == current["sha256"]
    }
}

/// Why the operator's policy can't be held to; nothing is decided then.
public struct OperatorPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence, or one line for each mistake.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
