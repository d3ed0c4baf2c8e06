// The verb `info`.
#include "runtime/program/Verbs.h"

#include "runtime/device/EntrySizes.h"
#include "runtime/program/Session.h"
#include "runtime/program/StandardOutput.h"

namespace heed::runtime {

Result<void> describe(const heed_model &model, std::shared_ptr<const Embedded> embedded) {
  std::string text = fmt::format("{}\nprecision {}, compiled for {}, source {}\n", model.name, model.precision,
                                 model.cpu, model.digest);
  Result<void> runs = checkModel(model);
  text += runs ? "this machine has all CPU features it needs\n" : runs.error().text + "\n";
  text += embedded && embedded->weights
              ? fmt::format("weights within this executable, {} bytes\n", embedded->weights->size())
              : "no weights within this executable\n";

  text += "\nentries\n";
  for (int32_t i = 0; i != model.entry_count; ++i)
    text += fmt::format("  {}\n", textOf(model.entries[i]));

  int64_t total = 0;
  std::string parameters;
  for (int32_t i = 0; i != model.parameter_count; ++i) {
    const heed_parameter &parameter = model.parameters[i];
    Shape shape(parameter.shape, parameter.shape + parameter.rank);
    total += int64_t(elementsOf(shape).value());
    parameters += fmt::format("  {}: {}\n", parameter.path, textOf(ElementType(parameter.type), shape));
  }
  return putOut(text + fmt::format("\n{} parameters, {} bytes\n", total, model.weights_bytes) + parameters);
}

} // namespace heed::runtime
