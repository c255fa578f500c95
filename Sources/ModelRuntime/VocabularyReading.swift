import Dispatch
import Foundation
import Synchronization
import Tokens

/// The vocabulary of weights and its trie, read on another core while the weights are loaded.
///
/// Mapping and repacking weights keeps one core busy for about a second; vocabulary and trie take nearly half of that.
final class VocabularyReading: Sendable {
    /// What was read.
    struct Found: Sendable {
        let vocabulary: Vocabulary
        /// The spellings of control tokens.
        let markers: [[UInt8]]
        let trie: TokenTrie

        init(_ model: borrowing ModelHandle) {
            let found = model.readVocabulary()
            vocabulary = found.vocabulary
            markers = found.markers
            trie = TokenTrie(found.vocabulary)
        }
    }

    private let found = Mutex<Found?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    /// Begins to read the file at `path`.
    init(path: String) {
        let thread = Thread { [self] in
            if let model = ModelHandle(path: path, isVocabularyOnly: true) {
                let read = Found(model)
                found.withLock { $0 = read }
            }
            isDone.signal()
        }
        thread.name = "warrant-vocabulary"
        thread.start()
    }

    /// What was read, once; read from `model` itself where the file was replaced in between.
    func wait(for model: borrowing ModelHandle) -> Found {
        isDone.wait()
        let read = found.withLock { $0.take() }
        if let read, read.vocabulary.count == model.tokenCount { return read }
        return Found(model)
    }
}
