import Foundation
import ModelRuntime

/// `warrant-bench [TEXT | --filter TEXT] [--json] [--model NAME] [--rounds N] [--threads N]`: measures what the rooms promise.
///
/// Build it with `swift build -c release --product warrant-bench` and run it on an idle machine. Cases that
/// compare two programs interleave them, so that both meet the same machine.
/// The decoding commands have arguments of their own, see `DecodingArguments`; so have those that measure how weights are
/// run, see `ModelArguments`, and the comparisons with a server on the same work, see `PeerArguments`.
if CommandLine.arguments.contains(where: { $0 == "--help" || $0 == "-h" }) {
    print(
        [BenchmarkArguments.usage, DecodingArguments.usage, PeerCommands.usage, ModelCommands.usage]
            .joined(separator: "\n\n"))
    exit(0)
}
// As commands that load weights do.
LargePages.adopt()

/// 64 where the command was called in a way that it can't be, 74 for its files, else 1.
func exitCode(of error: any Error) -> Int32 {
    switch error {
    case is BenchmarkArguments.UsageError, is DecodingArguments.UsageError: 64
    case is DecodingArguments.FileError: 74
    default: 1
    }
}

if let command = CommandLine.arguments.dropFirst().first {
    let words = Array(CommandLine.arguments.dropFirst(2))
    do {
        if DecodingCommands.names.contains(command) {
            try await DecodingMain.run(command: command, words)
            exit(0)
        }
        if PeerCommands.names.contains(command) {
            try await PeerCommands.run(command, words)
            exit(0)
        }
        if ModelCommands.names.contains(command) {
            try await ModelCommands.run(command, words)
            exit(0)
        }
        if command == Screenshots.name {
            try await Screenshots.run(words)
            exit(0)
        }
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(exitCode(of: error))
    }
}

let arguments: BenchmarkArguments
do {
    arguments = try BenchmarkArguments(Array(CommandLine.arguments.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(64)
}

let cases: [BenchmarkCase] = [
    BenchmarkCase("ModelRuntime:load") { try await ModelRuntimeBenchmarks.load($0) },
    BenchmarkCase("ModelRuntime:prefill") { try await ModelRuntimeBenchmarks.prefill($0) },
    BenchmarkCase("ModelRuntime:generate") { try await ModelRuntimeBenchmarks.generate($0) },
    BenchmarkCase("ModelRuntime:sample") { try await ModelRuntimeBenchmarks.sample($0) },
    BenchmarkCase("ConstrainedDecoding:maskStringState") {
        try await ConstrainedDecodingBenchmarks.maskStringState($0)
    },
    BenchmarkCase("ConstrainedDecoding:compileHandles") { try await HandleBenchmarks.compile($0) },
    BenchmarkCase("Planning:secondTurn") { try await PlanningBenchmarks.secondTurn($0) },
    BenchmarkCase("Planning:tokenSeparation") { try TokenSeparationFuzz.run($0) },
    BenchmarkCase("PolicyEngine:decision") { try PolicyBenchmarks.decision($0) },
    BenchmarkCase("Redaction:text") { try RedactionBenchmarks.text($0) },
    BenchmarkCase("RunJournal:commits") { try JournalBenchmarks.commits($0) },
    BenchmarkCase("RunJournal:toolStep") { try JournalBenchmarks.toolStep($0) },
    BenchmarkCase("RunJournal:million") { try JournalBenchmarks.million($0) },
    BenchmarkCase("SandboxExecution:start") { try await SandboxBenchmarks.start($0) },
    BenchmarkCase("RunJournal:kills") { try KillBenchmark.run($0) },
    BenchmarkCase("Supervisor:start") { try SupervisorBenchmarks.start($0) },
    BenchmarkCase("Supervisor:open") { try await SupervisorBenchmarks.open($0) },
    BenchmarkCase("Supervisor:event") { try await SupervisorBenchmarks.event($0) },
    BenchmarkCase("Supervisor:memory") { try SupervisorBenchmarks.memory($0) },
]

var failures = 0
for benchmark in cases where arguments.filter.map({ benchmark.name.lowercased().contains($0.lowercased()) }) ?? true {
    do {
        for measurement in try await benchmark.body(arguments) {
            if measurement.hasFailed { failures += 1 }
            let line = arguments.json ? measurement.json(benchmark.name) : measurement.line(benchmark.name)
            // Unbuffered: a case takes a minute, and the next one may be interrupted.
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
    } catch {
        failures += 1
        FileHandle.standardError.write(Data("\(benchmark.name): \(error)\n".utf8))
    }
}
exit(failures == 0 ? 0 : 1)
