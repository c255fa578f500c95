import Foundation
import JSONSchemas
import Provenance
import ToolExecution
import WorkflowFormat

/// Turns what the command gave, and defaults, into labelled values.
enum InputResolution {
    /// `base`: the folder that relative paths of the command are taken from.
    static func resolve(
        _ definitions: [InputDefinition], given: [String: String], workflowDirectory: String, base: String
    ) throws -> [String: StepResult] {
        for name in given.keys.sorted() where !definitions.contains(where: { $0.name == name }) {
            let known = definitions.map { "`\($0.name)`" }.joined(separator: ", ")
            throw Halt(.badData, "Can't use input `\(name)`: the workflow has no such input, only \(known).")
        }
        var result: [String: StepResult] = [:]
        for definition in definitions {
            let value = try value(
                of: definition, isReplaced: isReplaced(definition, in: definitions, given: given), given: given,
                workflowDirectory: workflowDirectory, base: base)
            result[definition.name] = labelled(value, definition)
        }
        return result
    }

    /// An input's value with its label.
    private static func labelled(_ value: JSONValue, _ definition: InputDefinition) -> StepResult {
        let isTrusted = definition.trust == .trusted
        return StepResult(
            value,
            labels: LabelMap(
                Label(integrity: isTrusted ? .trusted : .untrusted), trails: [.input(definition.name)]))
    }

    /// The inputs as a record has their values. What hangs on nothing but the command's words is worked out again; what
    /// was on the disk then is the record's to say.
    ///
    /// - Throws: `Halt` where the words can't have been accepted.
    static func recorded(
        _ definitions: [InputDefinition], values: JSONObject, given: [String: String]
    ) throws -> [String: StepResult] {
        var result: [String: StepResult] = [:]
        for definition in definitions {
            let value: JSONValue
            switch definition.type {
            case .string, .integer, .boolean, .list, .command:
                value = try self.value(
                    of: definition, isReplaced: isReplaced(definition, in: definitions, given: given), given: given,
                    workflowDirectory: "/", base: "/")
            case .file, .folder, .lines: value = values[definition.name] ?? .null
            }
            result[definition.name] = labelled(value, definition)
        }
        return result
    }

    /// Whether the sample that `definition`'s default belongs to was replaced: its leading input was given, or the
    /// sample that the leading input itself belongs to was replaced.
    private static func isReplaced(
        _ definition: InputDefinition, in definitions: [InputDefinition], given: [String: String]
    ) -> Bool {
        var seen: Set<String> = [definition.name]
        var next = definition.sampleOf
        while let name = next, seen.insert(name).inserted {
            let lead = definitions.first { $0.name == name }
            // A path is another one even when it reads like the default: it starts from another folder.
            if let text = given[name], lead?.type == .file || lead?.type == .folder || text != lead?.defaultValue {
                return true
            }
            next = lead?.sampleOf
        }
        return false
    }

    private static func value(
        of definition: InputDefinition, isReplaced: Bool, given: [String: String], workflowDirectory: String,
        base: String
    ) throws -> JSONValue {
        let name = definition.name
        let text: String
        let folder: String
        if let chosen = given[name] {
            (text, folder) = (chosen, base)
        } else if let fallback = definition.defaultValue {
            // A default that belongs to the sample is dropped once the sample's leading input is replaced: the
            // sample's program must not be tested against somebody else's specification.
            if isReplaced { return .null }
            (text, folder) = (fallback, workflowDirectory)
        } else {
            guard !definition.required else {
                throw Halt(
                    .badData, "Can't start the run: input `\(name)` is missing; give it with `--input \(name)=...`.")
            }
            return .null
        }
        if text.isEmpty, definition.type != .string { return .null }
        switch definition.type {
        case .string:
            if let source = definition.pattern, let pattern = try? StringPattern(parsing: source),
                !pattern.matches(text)
            {
                throw Halt(.badData, "Can't use input `\(name)`: `\(text)` does not match `\(source)`.")
            }
            return .string(text)
        case .integer:
            guard let number = Int(text) else {
                throw Halt(.badData, "Can't use input `\(name)`: `\(text)` is no whole number.")
            }
            return .integer(number)
        case .boolean:
            guard let flag = ["true": true, "false": false, "yes": true, "no": false][text.lowercased()] else {
                throw Halt(.badData, "Can't use input `\(name)`: write true or false.")
            }
            return .bool(flag)
        case .list:
            return list(text)
        case .file, .folder:
            return .string(try path(text, folder: folder, name: name, isFolder: definition.type == .folder))
        case .lines:
            return try lines(of: try path(text, folder: folder, name: name, isFolder: false), name: name)
        case .command:
            let words: [String]
            do {
                words = try CommandWords.split(text)
            } catch {
                throw Halt(.badData, "Can't use input `\(name)`: \(error.reason).")
            }
            return words.isEmpty ? .null : .array(words.map { .string($0) })
        }
    }

    /// `a, b` as a list of texts; empty parts are left out.
    static func list(_ text: String) -> JSONValue {
        let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        return .array(parts.filter { !$0.isEmpty }.map { .string($0) })
    }

    private static func lines(of path: String, name: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 64 * 1024,
            let text = String(validating: Array(data), as: UTF8.self)
        else {
            throw Halt(.badData, "Can't use input `\(name)`: `\(path)` is no text of at most 64 KiB.")
        }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        return .array(lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { .string($0) })
    }

    private static func path(_ text: String, folder: String, name: String, isFolder: Bool) throws -> String {
        let full = text.hasPrefix("/") ? text : folder + "/" + text
        let path = URL(filePath: full).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
        let kind = PathKind.of(path)
        guard kind != .missing else {
            throw Halt(.badData, "Can't use input `\(name)`: there is no `\(text)`.")
        }
        if isFolder, kind != .folder {
            throw Halt(.badData, "Can't use input `\(name)`: `\(text)` is no folder.")
        }
        return path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    }
}
