import Foundation
import JSONSchemas
import SandboxExecution

/// Shows a text file below the folder under repair.
struct FileLookTool: Tool {
    let name = "file.look"
    private static let textLimit = 16 * 1024

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let path = try arguments.required("path")
        let found: [UInt8]?
        do {
            found = try WorkspacePath(path, in: try arguments.required("workspace")).bytes(
                byteLimit: TextFile.byteLimit)
        } catch {
            // A guide that names a file elsewhere is told that there is none here.
            return ["path": .string(path), "exists": false, "reason": .string(error.description)]
        }
        guard let bytes = found else { return ["path": .string(path), "exists": false] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return ["path": .string(path), "exists": false, "reason": "it is no text"]
        }
        // The end of a long file is what a log is read for.
        let shown = text.utf8.count > Self.textLimit ? String(text.suffix(Self.textLimit / 2)) : text
        return ["path": .string(path), "exists": true, "text": .string(shown), "cut": .bool(shown != text)]
    }
}

/// Replaces one line of a text file below the folder under repair and leaves every other byte as it is.
struct FileReplaceLineTool: Tool {
    let name = "file.replace_line"
    private static let byteLimit = 1024 * 1024

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let place = try WorkspacePath(try arguments.required("path"), in: try arguments.required("workspace"))
        let old = Array(try arguments.required("old_line").utf8)
        let new = Array(try arguments.required("new_line").utf8)
        func refused(_ reason: String) -> JSONValue { ["replaced": false, "reason": .string(reason), "changes": []] }
        guard let bytes = try place.bytes(byteLimit: TextFile.byteLimit) else {
            return refused("there is no such file")
        }
        guard bytes.count <= Self.byteLimit else { return refused("it has more than \(Self.byteLimit) bytes") }
        guard !old.contains(0x0A), !new.contains(0x0A), !new.contains(0x0D), !new.contains(0) else {
            return refused("a line has no line breaks")
        }
        let approval = JSONValue.string(context.approvedBy ?? "policy")
        let number = arguments.integer("line")
        let found = Self.lines(equalTo: old, in: bytes, at: number)
        guard let line = found.first, found.count == 1 else {
            // The same effect a second time finds its own work.
            if found.isEmpty, Self.lines(equalTo: new, in: bytes, at: number).count == 1 {
                return ["replaced": true, "changes": [], "approved_by": approval]
            }
            return refused(
                number.map { "the line isn't line \($0)" } ?? "the line stands there \(found.count) times")
        }
        if let digest = arguments.string("file_sha256"), digest != ContentDigest.hex(bytes) {
            return refused("the file was changed since the line was tried")
        }
        let changed = Array(bytes[..<line.lowerBound] + new + bytes[line.upperBound...])
        do {
            let mode = try place.folder.status(of: place.place).mode
            try context.prepare([(place.place, .file(changed, mode: mode))], in: place.folder, root: place.root)
            try place.folder.write(changed, to: place.place)
        } catch let error as ConfinedFolderError {
            throw ToolError(error.isOfPlace ? .refused : .io, "Can't write `\(place.place)`: \(error.reason).")
        }
        return [
            "replaced": true, "changes": [["path": .string("\(place.place)"), "change": "changed"]],
            "approved_by": approval,
        ]
    }

    /// Where `line` stands; only as line `number`, counted from 1, where one is given.
    private static func lines(equalTo line: [UInt8], in bytes: [UInt8], at number: Int?) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        var place = 0
        while start < bytes.count {
            var end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let next = end + 1
            if end > start, bytes[end - 1] == 0x0D { end -= 1 }
            place += 1
            if number == nil || number == place, bytes[start..<end].elementsEqual(line) { found.append(start..<end) }
            start = next
        }
        return found
    }
}

/// Copies the folder under repair into the run's output folder.
struct FolderSnapshotTool: Tool {
    let name = "folder.snapshot"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        do {
            let copy = try FolderCopy(
                of: try arguments.required("folder"), output: context.environment.outputDirectory,
                faultPoint: context.environment.faultPoint)
            let state = try copy.keep { try context.prepare($0, in: $1, root: $2, makesRoot: $3) }
            return ["kept": true, "entries": .integer(state.entries.count), "bytes": .integer(state.bytes)]
        } catch {
            return ["kept": false, "reason": .string(error.description)]
        }
    }
}

/// Puts the folder under repair back as it was when it was copied.
struct FolderRestoreTool: Tool {
    let name = "folder.restore"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        do {
            let copy = try FolderCopy(
                of: try arguments.required("folder"), output: context.environment.outputDirectory,
                faultPoint: context.environment.faultPoint)
            let changes = try copy.putBack { try context.prepare($0, in: $1, root: $2, makesRoot: $3) }
            return [
                "restored": true,
                "changes": .array(changes.map { ["path": .string($0.path), "change": .string($0.change)] }),
            ]
        } catch {
            return ["restored": false, "reason": .string(error.description), "changes": []]
        }
    }
}
