import ArgumentParser
import Foundation
import RunJournal
import Supervisor
import ToolExecution

/// `warrant serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the supervisor's page: watch runs, see why, answer questions.",
        discussion: """
            Prints a link that lets one browser in, once, within ten minutes. Enter prints another one, for another \
            browser; a page that is open gives one too. It listens on the loopback address alone, and takes requests of \
            its own pages alone. Answers are recorded in your name (WARRANT_PERSON, else the user's), as `warrant \
            approve`, `deny` and `settle` do it; `warrant resume` then goes on. No model and no tool can be reached \
            through it. Ctrl-C ends it; nothing is lost by that.
            """)

    @Option(name: .long, help: "The port on 127.0.0.1; 0 takes any free one.")
    var port = 8181

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder to look for evaluations in; may be repeated (default warrant-output).", valueName: "DIR"))
    var evaluations: [String] = []

    func run() async throws {
        try await Output.reporting {
            guard (0...65_535).contains(port) else {
                throw CommandFailure(.usage, "Can't serve on port \(port): ports go from 0 to 65535.")
            }
            let surroundings = try Surroundings()
            let journal = try surroundings.journal(mayBegin: true)
            let folders = evaluations.isEmpty ? ["warrant-output"] : evaluations
            let desk = PageDesk(
                surroundings: surroundings, journal: journal,
                evaluationFolders: folders.map(Surroundings.absolute))
            var configuration = SupervisorConfiguration(port: port, person: Person.name)
            configuration.tools = (try? surroundings.registry())?.definitions ?? []
            let server = SupervisorServer(journal: journal, desk: desk, configuration: configuration)
            let task = Task { try await Self.serve(server, isReadOnly: journal.isReadOnly) }
            let interruption = Interruption(cancelling: task)
            defer { interruption.stop() }
            try await task.value
        }
    }

    private static func serve(_ server: SupervisorServer, isReadOnly: Bool) async throws {
        try await server.run { _ in
            guard Output.needed(server.makeLink()) else {
                // Nobody could open it. What is open here is read only, and needs no end.
                Output.message("warrant: Can't print the page's link: standard output can't be written to.")
                Foundation.exit(CommandFailure.Code.ioFailure.rawValue)
            }
            if isReadOnly { Output.message("the journal can only be read here: answers will be refused") }
            Output.message(
                "open the link, once and within 10 minutes; Enter prints one for another browser, Ctrl-C ends")
            LinePrompt.start { Output.result(server.makeLink()) }
        }
    }
}
