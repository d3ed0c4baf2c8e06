// The verb `run`: tensors in, tensors out.
#include "runtime/program/Verbs.h"

#include "runtime/device/PickEntry.h"
#include "runtime/device/PrepareInputs.h"
#include "runtime/program/Session.h"
#include "runtime/program/StandardOutput.h"

#include <set>

namespace heed::runtime {
namespace {

/// Each input from the tensor of its name behind the prefix.
std::vector<std::optional<TensorView>> pickInputs(const heed_entry &entry, const Checkpoint &file,
                                                  const RunOptions &options) {
  std::vector<std::optional<TensorView>> given;
  std::set<std::string> used;
  for (int32_t i = 0; i != entry.input_count; ++i) {
    std::string name = options.prefix + entry.inputs[i].name;
    const StoredTensor *found = file.find(name);
    given.push_back(found ? std::optional(found->tensor) : std::nullopt);
    used.insert(name);
  }
  if (options.verbose)
    for (const StoredTensor &stored : file.tensors())
      if (!used.contains(stored.name))
        tell(fmt::format("{}: {} is not used, {}\n", options.inputs, ticked(stored.name),
                         textOf(stored.tensor.type, stored.tensor.shape)));
  return given;
}

void tellSizes(const heed_entry &entry, const PreparedInputs &inputs, const Session &session) {
  tell(fmt::format("weights: {}\nthreads: {}\n", session.weightsFrom, session.cpu->threads()));
  for (int32_t i = 0; i != entry.size_count; ++i)
    tell(fmt::format("{} = {}\n", entry.sizes[i], inputs.sizes[i]));
}

Result<void> writeResults(const heed_entry &entry, std::span<const Tensor> results, const RunOptions &options) {
  std::vector<StoredTensor> stored;
  for (int32_t i = 0; i != entry.output_count; ++i)
    stored.push_back({options.prefix + entry.outputs[i].name, results[i].view()});
  return writeSafeTensors(options.outputs, stored);
}

} // namespace

Result<void> runEntry(const heed_model &model, const RunOptions &options, std::shared_ptr<const Embedded> embedded,
                      const Compute &compute) {
  Result<Checkpoint> file = Checkpoint::open(options.inputs);
  if (!file)
    return file.error();
  auto held = [&](const char *input) { return file->find(options.prefix + input) != nullptr; };
  Result<const heed_entry *> found = pickEntry(model, options.entry, held);
  if (!found)
    return found.error();
  const heed_entry &entry = **found;
  Result<Session> session = Session::open(model, options, embedded);
  if (!session)
    return session.error();
  Result<PreparedInputs> inputs = prepareInputs(entry, pickInputs(entry, *file, options));
  if (!inputs)
    return failure("{}: {}", options.inputs, inputs.error().text);
  if (options.verbose)
    tellSizes(entry, *inputs, *session);
  Result<std::vector<Tensor>> results = allocateResults(entry, inputs->sizes);
  if (!results)
    return results.error();

  std::vector<void *> pointers = pointersOf(*results);
  CpuCall call{entry, inputs->sizes, inputs->pointers, pointers, session->weights.image(), options.seed};
  Workspace workspace;
  if (Result<void> ran = compute ? compute(call) : session->cpu->run(call, workspace); !ran)
    return ran;
  return writeResults(entry, *results, options);
}

} // namespace heed::runtime
