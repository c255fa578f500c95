import Foundation
import JSONSchemas

/// The file beside a workflow.
extension Calibration {
    /// Where a calibration of the workflow in `directory` lies.
    public static func path(in directory: String) -> String { directory + "/" + fileName }

    /// Reads the file of the workflow in `directory`; nil where there is none.
    ///
    /// - Throws: ``CalibrationError`` for a file that is no calibration.
    public static func load(directory: String) throws(CalibrationError) -> Calibration? {
        let path = path(in: directory)
        guard !SourceFiles.isAbsent(path) else { return nil }
        let text: String
        do throws(SourceFiles.Refusal) {
            text = try SourceFiles.read(path)
        } catch {
            throw CalibrationError("Can't read `\(path)`: the file \(error.reason).")
        }
        guard let value = try? JSONValue(parsing: text), let list = value["fields"],
            let calibration = Calibration(json: list)
        else { throw CalibrationError("Can't read `\(path)`: it is no calibration.") }
        return calibration
    }

    /// Writes the file of the workflow in `directory`, in place of the one that is there.
    ///
    /// - Throws: ``CalibrationError`` where that can't be written.
    public func save(directory: String) throws(CalibrationError) {
        let path = Self.path(in: directory)
        // A line a field, so that a review sees what changed.
        let lines = (json.arrayValue ?? []).map { "  " + $0.serialized(.spaced) }.joined(separator: ",\n")
        do {
            try Data("{\"fields\": [\n\(lines)\n]}\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CalibrationError("Can't write `\(path)`: \(error.localizedDescription).")
        }
    }
}
