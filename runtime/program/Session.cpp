// Checks, then weights.
#include "runtime/program/Session.h"

#include "runtime/device/CpuFeatures.h"
#include "runtime/load/PlaceParts.h"

namespace heed::runtime {

Result<void> checkModel(const heed_model &model) {
  if (model.abi_version != HEED_ABI_VERSION)
    return failure("the model speaks version {} of the ABI, this runtime version {}", model.abi_version,
                   HEED_ABI_VERSION);
  if (Result<void> present = requireCpuFeatures(model.features); !present)
    return failure("the model `{}` can't run here ({}): {}", model.name, model.cpu, present.error().text);
  return {};
}

Result<Session> Session::open(const heed_model &model, const ModelOptions &options,
                              std::shared_ptr<const Embedded> embedded) {
  if (Result<void> checked = checkModel(model); !checked)
    return checked.error();
  Session session{model, std::make_unique<Cpu>(options.threads), {}, {}};
  auto take = [&](Result<Weights> weights, std::string from) -> Result<Session> {
    if (!weights)
      return weights.error();
    if (Result<void> finite = options.checkFinite ? checkFinite(model, weights->image(), from) : Result<void>();
        !finite)
      return finite.error();
    session.weights = std::move(*weights);
    session.weightsFrom = std::move(from);
    return std::move(session);
  };
  if (!options.weights.empty()) {
    Result<Checkpoint> checkpoint = Checkpoint::open(options.weights);
    if (!checkpoint)
      return checkpoint.error();
    return take(Weights::fromCheckpoint(model, *checkpoint), options.weights);
  }
  if (embedded && embedded->weights)
    return take(Weights::fromEmbedded(model, embedded), "this executable");
  return take(Weights::initialised(model, *session.cpu, options.seed),
              fmt::format("the initialisers, seed {}", options.seed));
}

} // namespace heed::runtime
