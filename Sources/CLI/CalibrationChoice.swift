import ModelRuntime
import Orchestration
import WorkflowFormat

/// The calibration that runs of a workflow work with.
enum CalibrationChoice {
    /// What lies beside the workflow and fits it and each model that it asks; what doesn't is told and left out.
    ///
    /// The file is read once for both. A server's model is left out: it has no probabilities to calibrate.
    ///
    /// `model`: what a user calls the larger model.
    static func fitting(
        _ workflow: Workflow, _ services: RunServices, model name: String
    ) -> (own: Calibration?, first: Calibration?) {
        guard services.model != nil || services.first != nil, let known = known(beside: workflow) else {
            return (nil, nil)
        }
        let prompts = Run.promptDigests(of: workflow)
        func fitting(_ model: ModelDescription?, _ name: String) -> Calibration? {
            guard let model, !model.isRemote else { return nil }
            let (calibration, notices) = known.fitting(
                weights: Run.calibrationKey(of: model), prompts: prompts, model: name)
            for notice in notices { Output.message(Terminal.visible(notice)) }
            return calibration
        }
        return (
            fitting(services.model?.summary, name),
            fitting(services.first?.summary, workflow.model.first ?? "the one asked first")
        )
    }

    /// The file beside the workflow; nil where there is none, and, told, where it can't be read: confidence is what the
    /// model says then.
    private static func known(beside workflow: Workflow) -> Calibration? {
        do throws(CalibrationError) {
            return try Calibration.load(directory: workflow.directory)
        } catch {
            Output.message(Terminal.visible(error.description + " It is ignored."))
            return nil
        }
    }
}
