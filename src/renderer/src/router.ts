import { createRouter, createWebHashHistory, type Router } from 'vue-router';

/**
 * The workbench's places, in the order of the job: a model, where it runs, measuring, what came of it. Made after the
 * client has taken the token out of the address: the router rewrites what stands behind the hash.
 */
export function createWorkbenchRouter(): Router {
  const router = createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', redirect: '/models' },
      { path: '/models', component: () => import('./views/ModelsView.vue'), meta: { title: 'Models' } },
      { path: '/devices', component: () => import('./views/DevicesView.vue'), meta: { title: 'Devices' } },
      {
        path: '/benchmark',
        component: () => import('./views/BenchmarkView.vue'),
        meta: { title: 'Benchmark' },
      },
      { path: '/queue', component: () => import('./views/QueueView.vue'), meta: { title: 'Queue' } },
      { path: '/cloud', component: () => import('./views/CloudView.vue'), meta: { title: 'Cloud' } },
      { path: '/history', component: () => import('./views/HistoryView.vue'), meta: { title: 'History' } },
      { path: '/runs/:id', component: () => import('./views/RunView.vue'), meta: { title: 'Run' } },
      { path: '/compare', component: () => import('./views/CompareView.vue'), meta: { title: 'Compare' } },
      {
        path: '/about',
        component: () => import('./views/AboutView.vue'),
        meta: { title: 'This installation' },
      },
      { path: '/:anything(.*)*', redirect: '/models' },
    ],
  });
  router.afterEach(({ meta }) => {
    document.title = typeof meta['title'] === 'string' ? `${meta['title']} · Edgebench` : 'Edgebench';
  });
  return router;
}
