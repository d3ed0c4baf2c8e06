// Every constraint of heed.attend is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

!row = tensor<?xf32, #heed.axes<T>>
func.func @keys(%x: !row) {
  // expected-error @+1 {{C1: no index runs over keys}}
  %y = heed.attend [i < T] score {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @score(%x: !row) {
  // expected-error @+1 {{C2: score takes nothing and yields one f32 or f64}}
  %y = heed.attend [i < T | j < T] score {
    %0 = arith.constant 0 : i64
    heed.yield %0 : i64
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @visible(%x: !row) {
  // expected-error @+1 {{C2: visible takes nothing and yields one i1}}
  %y = heed.attend [i < T | j < T] visible {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } score {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @weights(%x: !row) {
  // expected-error @+1 {{C3: number 0 of the arguments of weights has type 'tensor<?xf32, #heed.axes<T>>', of the rows of scores 'tensor<?xf32, #heed.axes<J>>'}}
  %y = heed.attend [i < T | j < J] score {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @result(%x: !row) {
  // expected-error @+1 {{C4: the result has type 'tensor<?xf32, #heed.axes<T>>', its axes make it 'tensor<?xf32, #heed.axes<B>>'}}
  %y = heed.attend [i < B | j < T] score {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @where(%x: !row) {
  // expected-error @+1 {{C5: `where` has 1 dims and 0 symbols, not 2 and 0}}
  %y = "heed.attend"() <{bounds = [#heed.size<T>, #heed.size<T>], names = ["i", "j"], rank = 1 : i64, symbols = [],
                         where = #heed.condition<(d0)[] : (d0)>}> ({}, {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  }, {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  }, {
  ^bb0(%r: !row):
    heed.yield %r : !row
  }) : () -> !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
func.func @terms(%x: !row) {
  // expected-error @+1 {{C6: score may not hold 'heed.index' with result axes}}
  %y = heed.attend [i < T | j < T] score {
    %s = heed.index none [t < T] within [i, j] (%x[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!row) -> !row
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } value {
    %0 = arith.constant 0.0 : f32
    heed.yield %0 : f32
  } weights {
  ^bb0(%r: !row):
    heed.yield %r : !row
  } : !row
  return
}

// -----

!row = tensor<?xf32, #heed.axes<T>>
heed.model @M digest "" precision "f32" {
  heed.entry @f(%x: !row {heed.input = "x"}) -> () attributes {sizes = ["T"]} {
    // expected-error @+1 {{C7: size `B` is none of the entry's}}
    %y = heed.attend [i < B | j < T] score {
      %0 = arith.constant 0.0 : f32
      heed.yield %0 : f32
    } value {
      %0 = arith.constant 0.0 : f32
      heed.yield %0 : f32
    } weights {
    ^bb0(%r: !row):
      heed.yield %r : !row
    } : tensor<?xf32, #heed.axes<B>>
    heed.return
  }
}
