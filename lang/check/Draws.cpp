// Draws: `uniform()`, `normal(std)`, `gumbel()`, `bernoulli(p)`. Where each number comes from is fixed here: a site,
// which is a hash of the block's path and the draw's number in it, and the indices in force.
#include "lang/check/Elaborator.h"

namespace heed {

/// Hash of a place (FNV-1a), and again of itself while another place has the same.
uint32_t Elaborator::siteOf(const std::string &place) {
  uint32_t hash = 2166136261u;
  auto add = [&](std::string_view text) {
    for (unsigned char c : text)
      hash = (hash ^ c) * 16777619u;
  };
  add(place);
  while (sites.try_emplace(hash, place).first->second != place)
    add(place);
  return hash;
}

/// Within index notation anew for every element, elsewhere once.
Value Elaborator::draw(const std::string &name, const Arguments &arguments, Range range) {
  bool scaled = name == "normal" || name == "bernoulli";
  if (arguments.size() != scaled) {
    fault(Kind::ArgumentCount, range, "`{}` takes {}, and here are {}", name, scaled ? "one argument" : "no argument",
          arguments.size());
    return {};
  }
  if (!body && !initialising) {
    fault(Kind::NotYet, range, "`{}()` in a member that is no parameter is not compiled yet", name)
        .helped("draw it where a function uses it, or keep it: `name: param […] = …` or `name: state […] = …`");
    return {};
  }
  Expr *e = make.make(Expr::Kind::Draw, Element::Working, range);
  e->draw = name == "normal"   ? checked::DrawKind::Normal
            : name == "gumbel" ? checked::DrawKind::Gumbel
                               : checked::DrawKind::Uniform;
  e->site = siteOf(fmt::format("{}#{}", drawPlace, draws[drawPlace]++));
  e->indices = inForce;
  for (const IndexVar *v : inForce)
    e->operands.push_back(make.at(v, range));
  DataPtr drawn = scalar(e);
  if (indexDepth == 0)
    drawn = stored(drawn, name, range);
  if (!scaled)
    return drawn;
  return binary(name == "normal" ? ast::Binary::Op::Multiply : ast::Binary::Op::Less, drawn, arguments[0].value, range,
                range, arguments[0].range);
}

} // namespace heed
