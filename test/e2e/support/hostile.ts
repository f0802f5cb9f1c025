/** A name that would make an element and run a script wherever it were taken for HTML. */
export const HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>{{1+1}}';
