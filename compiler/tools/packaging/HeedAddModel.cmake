# heed_add_model(TARGET FILE [SHARED] [NAME name] [MODEL expression] [WEIGHTS path] [CPU cpu] [PRECISION f32|bf16] [DEPENDS files…])
#
# A library TARGET, static unless SHARED, that holds the compiled model, with the folder of its header <name>.h. NAME is what stands in
# the exported function, heed_NAME; without it TARGET does. The other words are flags of `heed build`: MODEL which model and its
# hyper-parameters, WEIGHTS the checkpoint whose settings `config` reads, CPU and PRECISION what code is made for. DEPENDS: .heed files that
# FILE uses.
function(heed_add_model target file)
  cmake_parse_arguments(PARSE_ARGV 2 given "SHARED" "NAME;MODEL;WEIGHTS;CPU;PRECISION" "DEPENDS")
  if(given_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heed_add_model(${target}) does not know ${given_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT given_NAME)
    set(given_NAME ${target})
  endif()
  set(flags)
  foreach(word MODEL WEIGHTS CPU PRECISION)
    if(given_${word})
      string(TOLOWER ${word} flag)
      list(APPEND flags --${flag} ${given_${word}})
    endif()
  endforeach()

  get_filename_component(file ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.heed)
  file(MAKE_DIRECTORY ${folder})
  set(object ${folder}/${given_NAME}.o)
  set(header ${folder}/${given_NAME}.h)
  add_custom_command(
    OUTPUT ${object} ${header}
    COMMAND Heed::heed build ${file} ${flags} --name ${given_NAME} --object --header -o ${object}
    DEPENDS ${file} ${given_DEPENDS} Heed::heed
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    COMMENT "Compiling the model ${given_NAME}"
    VERBATIM)

  if(given_SHARED)
    add_library(${target} SHARED ${object} ${header})
  else()
    add_library(${target} STATIC ${object} ${header})
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES) # nothing is compiled, but a linker is called
  if(C IN_LIST languages)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  else()
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  target_include_directories(${target} INTERFACE ${folder})
  target_link_libraries(${target} PUBLIC Heed::headers m)
endfunction()
