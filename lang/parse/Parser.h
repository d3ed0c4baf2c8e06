// Tokens become the tree of a file, by recursive descent over the grammar of the language reference. In: a file of
// `Sources`. Out: its tree, whole even where the file has errors: what could not be read is left out, or stands as a
// name without text.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/diagnostics/Diagnostics.h"
#include "lang/source/Source.h"

namespace heed {

ast::File parse(const Sources &, FileId, Diagnostics &);

/// One expression and nothing else, as a command line gives it: `GPT2(depth = 48)`. Null after an error.
ast::ExprPtr parseExpression(const Sources &, FileId, Diagnostics &);

} // namespace heed
