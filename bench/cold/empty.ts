// An empty script: what starting and ending Node costs.
export {};
