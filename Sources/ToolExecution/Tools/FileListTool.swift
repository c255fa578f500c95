import Foundation
import JSONSchemas

/// Lists the files below a folder.
struct FileListTool: Tool {
    let name = "file.list"
    private static let fileLimit = 10_000

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let folder = try arguments.required("folder")
        let (files, isCut) = try Self.files(below: folder)
        let rows: [JSONValue] = files.map { file in
            let size = (try? FileManager.default.attributesOfItem(atPath: folder + "/" + file)[.size] as? Int) ?? 0
            return ["path": .string(file), "bytes": .integer(size)]
        }
        return ["rows": .array(rows), "truncated": .bool(isCut)]
    }

    /// Regular files below `folder` in name order, hidden ones and links left out, as paths relative to it.
    static func files(below folder: String) throws(ToolError) -> (files: [String], isCut: Bool) {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw ToolError(.notFound, "Can't list `\(folder)`: there is no such folder.")
        }
        var found: [String] = []
        while let path = walker.nextObject() as? String {
            let type = walker.fileAttributes?[.type] as? FileAttributeType
            if (path as NSString).lastPathComponent.hasPrefix(".") {
                if type == .typeDirectory { walker.skipDescendants() }
                continue
            }
            if type == .typeRegular { found.append(path) }
            if found.count > fileLimit { return (found.dropLast().sorted(), true) }
        }
        return (found.sorted(), false)
    }
}
