import JSONSchemas
import RepairGuides

/// Takes a runbook apart into possible steps and warnings.
struct GuideReadTool: Tool {
    let name = "guide.read"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let text = try Self.text(arguments)
        if Self.isGuide(text) { return ["rows": [], "title": "", "meaning": "", "impact": ""] }
        let reading = RunbookReader.read(text)
        guard reading.segments.count <= RunbookReader.partLimit else {
            throw ToolError(.limit, "Can't read the runbook: it has more than \(RunbookReader.partLimit) parts.")
        }
        return [
            "rows": .array(reading.segments.map { $0.toJSON() }), "title": .string(reading.title),
            "meaning": .string(reading.meaning), "impact": .string(reading.impact),
        ]
    }

    /// The text of a runbook or guide.
    static func text(_ arguments: JSONObject) throws -> String {
        let text = try TextFile.text(at: try arguments.required("path"))
        guard text.utf8.count <= 256 * 1024 else {
            throw ToolError(.limit, "Can't read the runbook: it has \(text.utf8.count) bytes and may have 262144.")
        }
        return text
    }

    /// A guide is a JSON object, a runbook is anything else.
    static func isGuide(_ text: String) -> Bool {
        text.first { !$0.isWhitespace } == "{"
    }
}

/// Makes a guide of a runbook's parts, or checks one that is a guide already.
struct GuideBuildTool: Tool {
    let name = "guide.build"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        let text = try GuideReadTool.text(arguments)
        do {
            let guide: Guide
            if GuideReadTool.isGuide(text) {
                let value: JSONValue
                do {
                    value = try JSONValue(parsing: text)
                } catch {
                    throw GuideError("it is no JSON (\(error))")
                }
                guide = try Guide(value)
            } else {
                let reading = RunbookReader.read(text)
                var says: [String?] = []
                for row in try arguments.rows("parts") { says.append(row["class"]?["value"]?["says"]?.stringValue) }
                guard says.count == reading.segments.count else {
                    throw ToolError(
                        .badArgument,
                        "Can't build the guide: \(says.count) answers for \(reading.segments.count) parts.")
                }
                guide = try GuideBuilder.guide(
                    of: text, title: reading.title, meaning: reading.meaning, impact: reading.impact,
                    segments: reading.segments, says: says)
            }
            let limit = arguments["folder"] == nil ? 0 : GuideProcedure.turnLimit(of: guide)
            let turns = (0..<limit).map { JSONValue.integer($0) }
            return ["guide": guide.toJSON(), "turns": .array(turns)]
        } catch let error as GuideError {
            throw ToolError(.badData, error.description)
        }
    }
}

/// Says what a repair does next.
struct GuideNextTool: Tool {
    let name = "guide.next"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        do {
            let guide = try Guide(arguments["guide"] ?? .null)
            let past = arguments["past"]?.arrayValue ?? []
            return ["action": GuideProcedure.next(guide, after: past, list: try Self.list(arguments))]
        } catch {
            throw ToolError(.badData, error.description)
        }
    }

    /// The operator's list, and what to do with steps that it doesn't permit.
    static func list(_ arguments: JSONObject) throws(GuideError) -> OperatorList {
        let word = arguments["unlisted"]?.stringValue ?? OperatorList.Unlisted.stop.rawValue
        guard let unlisted = OperatorList.Unlisted(rawValue: word) else {
            throw GuideError("`\(word)` says nothing of unlisted commands")
        }
        let lines = arguments["allow"]?.arrayValue?.compactMap(\.stringValue)
        return OperatorList(lines, unlisted: unlisted)
    }
}

/// Writes down how a repair went.
struct GuideRecordTool: Tool {
    let name = "guide.record"

    func execute(_ arguments: JSONObject, in context: ToolContext) async throws -> JSONValue {
        do {
            let guide = try Guide(arguments["guide"] ?? .null)
            let past = arguments["past"]?.arrayValue ?? []
            return GuideProcedure.record(guide, past, list: try GuideNextTool.list(arguments))
        } catch {
            throw ToolError(.badData, error.description)
        }
    }
}
