import { createApp } from 'vue';
import App from './App.vue';
import { startClient } from './client/engine';
import { createWorkbenchRouter } from './router';
import './styles/tokens.css';
import './styles/base.css';

startClient();
createApp(App).use(createWorkbenchRouter()).mount('#app');
