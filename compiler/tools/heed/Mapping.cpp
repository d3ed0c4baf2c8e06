#include "compiler/tools/heed/Mapping.h"

#include "runtime/load/PlaceParts.h"

#include <deque>

namespace heed::tools {
namespace {

heed_type abiTypeOf(checked::Element element, const std::string &precision) {
  switch (element) {
  case checked::Element::Working:
    return precision == "bf16" ? HEED_BF16 : HEED_F32;
  case checked::Element::F64:
    return HEED_F64;
  case checked::Element::F32:
    return HEED_F32;
  case checked::Element::F16:
    return HEED_F16;
  case checked::Element::BF16:
    return HEED_BF16;
  case checked::Element::I64:
    return HEED_I64;
  case checked::Element::I32:
    return HEED_I32;
  case checked::Element::U8:
    return HEED_U8;
  case checked::Element::Bool:
    return HEED_BOOL;
  }
  return HEED_F32;
}

/// Owns what the C structs point to.
struct Description {
  std::vector<heed_parameter> parameters;
  std::deque<std::vector<int64_t>> shapes;
  std::deque<std::vector<heed_part>> parts;
  std::deque<std::vector<const char *>> names;

  void add(const checked::Parameter &parameter, const std::string &precision) {
    std::vector<int64_t> &shape = shapes.emplace_back();
    for (const SizeExpr &axis : parameter.tensor->axes)
      shape.push_back(*axis.constant());
    std::vector<heed_part> &list = parts.emplace_back();
    for (const checked::Part &part : parameter.parts) {
      std::vector<const char *> &copies = names.emplace_back();
      for (const std::string &copy : part.copies)
        copies.push_back(copy.c_str());
      copies.push_back(nullptr);
      list.push_back({part.stored.c_str(), part.transposed, part.layer, part.begin, part.extent, copies.data()});
    }
    heed_parameter described = {};
    described.path = parameter.path.c_str();
    described.type = abiTypeOf(parameter.tensor->element, precision);
    described.rank = int32_t(shape.size()), described.shape = shape.data(), described.stacked = parameter.stacked;
    described.part_count = int32_t(list.size()), described.parts = list.data();
    parameters.push_back(described);
  }
};

} // namespace

runtime::Result<void> matchCheckpoint(const checked::Program &program, const std::string &precision,
                                      const runtime::Checkpoint &checkpoint) {
  Description description;
  for (const auto &parameter : program.parameters)
    description.add(*parameter, precision);
  std::vector<const char *> ignored;
  for (const std::string &pattern : program.ignored)
    ignored.push_back(pattern.c_str());
  heed_model model = {};
  model.name = program.model.c_str();
  model.parameters = description.parameters.data(), model.parameter_count = int32_t(description.parameters.size());
  model.ignored = ignored.data(), model.ignored_count = int32_t(ignored.size());
  return runtime::matchParts(model, checkpoint);
}

} // namespace heed::tools
