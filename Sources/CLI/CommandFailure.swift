import ArgumentParser
import Databases
import Evaluation
import Foundation
import IssueTracking
import ModelRuntime
import Orchestration
import RunJournal
import SandboxExecution
import Supervisor
import ToolExecution
import WorkflowFormat

/// Why a command ends with another code than its run would give.
struct CommandFailure: Error, CustomStringConvertible {
    /// The documented exit codes of failures.
    enum Code: Int32 {
        case failed = 1
        case denied = 3
        case notFound = 6
        case usage = 64
        case badData = 65
        case bug = 70
        case ioFailure = 74
        case tryAgain = 75
        case configuration = 78
    }

    let code: Code
    let description: String

    init(_ code: Code, _ sentence: String, fix: String? = nil) {
        self.code = code
        description = fix.map { sentence + "\n" + $0 } ?? sentence
    }

    /// The failure that any error of a room stands for.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as JournalError:
            switch error.code {
            case .busy, .leased, .fenced: self.init(.tryAgain, error.description)
            case .notFound: self.init(.notFound, error.description)
            default: self.init(.ioFailure, error.description)
            }
        case let error as ModelError:
            switch error.code {
            case .missingWeights, .corruptWeights, .loadFailed, .overMemory, .unknownModel, .badServer:
                self.init(.configuration, error.description)
            case .fetchFailed, .serverUnavailable: self.init(.tryAgain, error.description)
            case .badScript, .contextOverflow, .scriptEnded, .scriptDisagrees: self.init(.badData, error.description)
            default: self.init(.failed, error.description)
            }
        case let error as RunStartError: self.init(error.isStorage ? .ioFailure : .badData, error.description)
        case let error as EditCheckError: self.init(error.isDenial ? .denied : .badData, error.description)
        case let error as UndoError: self.init(error.code == .notFound ? .notFound : .badData, error.description)
        case let error as DecisionReplayError: self.init(.badData, error.description)
        case let error as SandboxError:
            self.init(Code(rawValue: error.exitCode) ?? .configuration, error.description)
        case let error as DatabaseToolError: self.init(.ioFailure, error.description)
        case let error as WorkflowErrors: self.init(.badData, error.description)
        case let error as WorkflowError: self.init(.badData, error.description)
        case let error as TrackerError:
            switch error.code {
            case .configuration: self.init(.configuration, error.description)
            case .unavailable: self.init(.tryAgain, error.description)
            case .notFound: self.init(.notFound, error.description)
            case .storage: self.init(.ioFailure, error.description)
            default: self.init(.failed, error.description)
            }
        case let error as CalibrationError:
            self.init(
                .ioFailure, error.description,
                fix: "A copy of the workflow in a folder you may write to is named with `--workflow`.")
        case let error as SuiteError: self.init(.badData, error.description)
        case let error as EvaluationBusy: self.init(.tryAgain, error.description)
        case let error as EvaluationStopped:
            self.init(
                Code(rawValue: Int32(error.exit)) ?? .failed,
                "The evaluation in `\(error.directory)` stopped; the same command goes on with it.")
        case let error as SupervisorError:
            self.init(error.code == .portInUse ? .tryAgain : .ioFailure, error.description)
        case let error as ToolError: self.init(.failed, error.description)
        default: self.init(.bug, "Can't go on: \(error). This is a bug.")
        }
    }
}
