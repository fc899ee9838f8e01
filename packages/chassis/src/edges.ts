/** Stands between a service and one of its neighbours, and looks like the neighbour. */
export type Edge<Neighbour> = (neighbour: Neighbour) => Neighbour;

/**
 * By the neighbour's name, what a composition root is given to put in between: the fault suite stops a process there, a test has a
 * neighbour of its own there. Production gives none.
 */
export type Edges<Neighbours> = { [Name in keyof Neighbours]?: Edge<Neighbours[Name]> };

const none = <Neighbour>(neighbour: Neighbour): Neighbour => neighbour;

/** `at(edges.store)(store)` is the store itself where there is no such edge. */
export const at = <Neighbour>(edge: Edge<Neighbour> = none): Edge<Neighbour> => edge;
