import Crypto
import Foundation
import Glibc
public import JSONSchemas
import PolicyEngine
public import WorkflowFormat

/// The policy of whoever runs this machine. It narrows every workflow's policy and never widens one.
public struct OperatorPolicy: Hashable, Sendable {
    /// The file.
    public let path: String
    /// Hex SHA-256 of its bytes.
    public let sha256: String
    /// Its rules.
    public let definition: PolicyDefinition

    /// Larger files are no policies.
    private static let byteLimit = 1 << 20

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
            path: path, sha256: SHA256.hash(data: data).hexadecimal, definition: definition)
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

    /// What is recorded of it: which file and which bytes.
    public var json: JSONValue { ["path": .string(path), "sha256": .string(sha256)] }
}

/// Why the operator's policy can't be held to; nothing is decided then.
public struct OperatorPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence, or one line for each mistake.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
