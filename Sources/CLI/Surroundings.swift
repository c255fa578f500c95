import Foundation
import Orchestration
import Redaction
import RunJournal
import SandboxExecution
import ToolExecution
import WorkflowFormat

/// Where this program finds its tools and keeps its state.
struct Surroundings {
    /// The folder for journal, tracker and runs.
    let home: String
    /// The folder that holds `Tools/` and `Workflows/`.
    let share: String
    let currentDirectory: String
    /// The operator's issue trackers.
    let trackersPath: String
    /// The operator's policy, which narrows every workflow's.
    let policyPath: String
    /// The operator's list of folders that get copies of the journal's checkpoints.
    let checkpointListPath: String
    /// What the operator says about records: secrets, what else is replaced, how long things are kept.
    let journalSettingsPath: String
    /// The operator's sandbox profiles, which take the place of those that come with Warrant.
    let ownProfilesFolder: String

    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let user = environment["HOME"] ?? "/"
        if let chosen = environment["WARRANT_HOME"], !chosen.isEmpty {
            home = Self.absolute(chosen)
        } else if let data = environment["XDG_DATA_HOME"], !data.isEmpty {
            home = Self.absolute(data) + "/warrant"
        } else {
            home = user + "/.local/share/warrant"
        }
        let chosenFolder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let configuration = (chosenFolder ?? user + "/.config") + "/warrant"
        trackersPath = configuration + "/trackers.yaml"
        policyPath = configuration + "/policy.yaml"
        checkpointListPath = configuration + "/checkpoints.conf"
        journalSettingsPath = configuration + "/journal.yaml"
        ownProfilesFolder = configuration + "/profiles"
        currentDirectory = FileManager.default.currentDirectoryPath
        share = try Self.findShare(environment)
    }

    var journalPath: String { home + "/journal.db" }
    var trackerPath: String { home + "/tracker.sqlite" }
    var answersPath: String { home + "/answers.sqlite" }

    /// Makes the state folder, for this user only.
    func prepareHome() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                .ioFailure, "Can't make the state folder `\(home)`: \(error.localizedDescription).",
                fix: "Set `WARRANT_HOME` to a folder you may write to.")
        }
    }

    /// Opens the record. Whoever writes text to it gives what looks at it last. `mayBegin`: whether a file that holds no
    /// record, as a killed process leaves it, may become one; others take it for damage and leave it as it is.
    func journal(redactor: Redactor? = nil, mayBegin: Bool = false) throws -> Journal {
        try prepareHome()
        let folders = try checkpointFolders()
        return try Journal(
            path: journalPath,
            options: JournalOptions(
                checkpointFolders: folders, redactor: redactor?.floor, mayBegin: mayBegin,
                report: { Output.message("warrant: " + Terminal.visible($0)) }))
    }

    /// The folders of the operator's list: absolute paths, one a line; empty lines and what begins with `#` is skipped.
    private func checkpointFolders() throws -> [String] {
        guard FileManager.default.fileExists(atPath: checkpointListPath) else { return [] }
        guard let data = FileManager.default.contents(atPath: checkpointListPath), data.count <= 1 << 16,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw CommandFailure(
                .configuration, "Can't read `\(checkpointListPath)`: it is no readable text of at most 64 KiB.")
        }
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let folders = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        if let wrong = folders.first(where: { !$0.hasPrefix("/") }) {
            throw CommandFailure(
                .configuration, "Can't use `\(wrong)` in `\(checkpointListPath)`: it is no absolute path.")
        }
        return folders.map(Self.absolute)
    }

    /// What the operator says about records.
    func journalSettings() throws(CommandFailure) -> JournalSettings {
        do throws(WorkflowErrors) {
            return try JournalSettings.load(path: journalSettingsPath)
        } catch {
            throw Self.unreadable(error)
        }
    }

    private static func unreadable(_ error: WorkflowErrors) -> CommandFailure {
        CommandFailure(
            .configuration, error.description,
            fix: "Nothing is recorded without it: it names the secrets that must not be. Mend the file.")
    }

    /// What replaces secrets and personal data. Whoever records text asks for it first: a configuration that can't be read
    /// ends the command, since what it names would be recorded.
    func redactor() throws -> Redactor {
        let settings = try journalSettings()
        let trackers: TrackerList
        do throws(WorkflowErrors) {
            trackers = try TrackerList.load(path: trackersPath)
        } catch {
            throw Self.unreadable(error)
        }
        try prepareHome()
        let key = try RedactionKey.load(folder: home + "/keys")
        do throws(RunStartError) {
            return try Redactor.operators(
                settings, trackers: trackers, environment: ProcessInfo.processInfo.environment, key: key,
                note: { Output.message("warrant: \($0)") })
        } catch {
            throw CommandFailure(.configuration, error.description)
        }
    }

    /// The tools there are.
    func registry() throws -> ToolRegistry {
        do {
            return try ToolRegistry(
                definitions: ToolDefinition.loadAll(directory: share + "/Tools"),
                profiles: try profiles())
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }

    /// The operator's policy, or nil where there is none. Whoever decides on a call asks for it first: one that can't be
    /// read ends the command.
    func operatorPolicy(_ registry: ToolRegistry) throws -> OperatorPolicy? {
        do throws(OperatorPolicyError) {
            return try OperatorPolicy.load(path: policyPath, tools: registry.definitions)
        } catch {
            throw CommandFailure(
                .configuration, error.description,
                fix: "Nothing is decided without it. Mend the file, or move it away to work without one.")
        }
    }

    /// The sandbox profiles: the operator's, and of those that come with Warrant the ones with other names.
    private func profiles() throws(WorkflowErrors) -> [SandboxProfileDefinition] {
        let shipped = try SandboxProfileDefinition.loadAll(directory: share + "/Sandbox/profiles")
        guard FileManager.default.fileExists(atPath: ownProfilesFolder) else { return shipped }
        let own = try SandboxProfileDefinition.loadAll(directory: ownProfilesFolder)
        return own + shipped.filter { profile in !own.contains { $0.name == profile.name } }
    }

    /// A sandbox profile by path, or by name.
    func sandboxProfile(_ name: String) throws -> SandboxProfile {
        if name.contains("/") || name.hasSuffix(".yaml") {
            return SandboxProfile(try SandboxProfileDefinition.load(path: Self.absolute(name)))
        }
        let known = try profiles()
        guard let definition = known.first(where: { $0.name == name }) else {
            throw CommandFailure(
                .usage, "Can't use profile `\(name)`: there is none of that name.",
                fix:
                    "There are \(known.map { "`\($0.name)`" }.joined(separator: ", ")); a file of your own is named by "
                    + "its path.")
        }
        return SandboxProfile(definition)
    }

    /// The JSON Schema of a command's output, which comes with Warrant.
    func schemaText(_ name: String) throws -> String {
        let path = "\(share)/Schemas/\(name).schema.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.configuration, "Can't print the schema of `\(name)`: `\(path)` is not there.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// A workflow by path, or by name among the ones that come with Warrant.
    func workflowPath(_ text: String) -> String {
        let path = Self.absolute(text)
        if FileManager.default.fileExists(atPath: path) { return path }
        let shipped = share + "/Workflows/" + text
        return FileManager.default.fileExists(atPath: shipped) ? shipped : path
    }

    static func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let standard = URL(filePath: full).standardizedFileURL.path(percentEncoded: false)
        return standard.count > 1 && standard.hasSuffix("/") ? String(standard.dropLast()) : standard
    }

    /// `$WARRANT_SHARE`, else the first folder above the executable that holds `Tools/`, else `share/warrant` beside
    /// the folder of an installed executable.
    private static func findShare(_ environment: [String: String]) throws -> String {
        if let chosen = environment["WARRANT_SHARE"], !chosen.isEmpty { return absolute(chosen) }
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        var folder = executable.deletingLastPathComponent()
        let installed = folder.deletingLastPathComponent().appending(path: "share/warrant")
        if holdsTools(installed) { return installed.path(percentEncoded: false) }
        for _ in 0..<8 {
            if holdsTools(folder) { return absolute(folder.path(percentEncoded: false)) }
            folder = folder.deletingLastPathComponent()
        }
        throw CommandFailure(
            .configuration, "Can't find the tool manifests: there is no `Tools` folder above the executable.",
            fix: "Set `WARRANT_SHARE` to the folder that holds `Tools` and `Workflows`.")
    }

    private static func holdsTools(_ folder: URL) -> Bool {
        FileManager.default.fileExists(
            atPath: folder.appending(path: "Tools/file.read.yaml").path(percentEncoded: false))
    }
}
